#!/bin/sh
# The default namespace and Cutover's search attributes; run again it finds them there.
set -eu
temporal operator namespace describe --namespace default >/dev/null 2>&1 ||
  temporal operator namespace create --namespace default --retention 30d
for attribute in CutoverCluster=Keyword CutoverPhase=Keyword CutoverGate=Keyword CutoverGreenWeight=Int CutoverTargetVersion=Keyword CutoverOutcome=Keyword; do
  temporal operator search-attribute create --namespace default --name "${attribute%=*}" --type "${attribute#*=}" || true
done
