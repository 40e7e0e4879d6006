/** Amazon EKS, composed of one handler file per concern over one state. */
import * as sdk from '@aws-sdk/client-eks';
import { defineService, type Service } from '../core/service.ts';
import { accessAssociationHandlers } from './access-associations.ts';
import { accessEntryHandlers } from './access-entries.ts';
import { addonVersionHandlers } from './addon-versions.ts';
import { addonHandlers } from './addons.ts';
import { clusterUpdateHandlers } from './cluster-updates.ts';
import { clusterVersionHandlers } from './cluster-versions.ts';
import { clusterHandlers } from './clusters.ts';
import type { EksState } from './eks-state.ts';
import { insightHandlers } from './insights.ts';
import { nodegroupUpdateHandlers } from './nodegroup-updates.ts';
import { nodegroupHandlers } from './nodegroups.ts';
import { podIdentityHandlers } from './pod-identity.ts';
import { tagHandlers } from './tags.ts';
import { updateHandlers } from './updates.ts';

export function eksService(state: EksState): Service {
  return defineService({
    sdk,
    signingName: 'eks',
    protocol: { kind: 'rest-json' },
    validationErrorCode: 'InvalidParameterException',
    handlers: {
      ...clusterHandlers(state),
      ...clusterUpdateHandlers(state),
      ...clusterVersionHandlers(),
      ...updateHandlers(state),
      ...nodegroupHandlers(state),
      ...nodegroupUpdateHandlers(state),
      ...addonHandlers(state),
      ...addonVersionHandlers(),
      ...insightHandlers(state),
      ...accessEntryHandlers(state),
      ...accessAssociationHandlers(state),
      ...podIdentityHandlers(state),
      ...tagHandlers(state),
    },
  });
}
