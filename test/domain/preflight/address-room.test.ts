import { addressFindings, type SubnetRoom } from '#domain/preflight/address-room.ts';

function subnet(zone: string, free: number, ofControlPlane = true): SubnetRoom {
  return { id: `subnet-${zone}`, zone, free, ofControlPlane };
}

function codes(subnets: readonly SubnetRoom[] | null, pods = 30, nodes = 3): readonly string[] {
  return addressFindings({ subnets, pods, nodes }, 'shop-blue').map(
    ({ severity, code, resource }) => `${severity} ${code} ${resource}`,
  );
}

describe('addresses for a second cluster', () => {
  it('are there', () => {
    expect(codes([subnet('a', 100), subnet('b', 100)])).toEqual([]);
  });

  it('are not in a subnet of the control plane with less than six, which matters less where two zones have room', () => {
    const full = subnet('c', 5);

    expect(codes([subnet('a', 100), full])).toEqual(['block subnet-full subnet-c']);
    expect(codes([subnet('a', 100), subnet('b', 6), full])).toEqual(['warn subnet-full subnet-c']);
  });

  it('are asked of the control plane’s subnets alone', () => {
    expect(codes([subnet('a', 100), subnet('b', 100), subnet('c', 0, false)])).toEqual([]);
  });

  it('are short where pods and nodes need more than all subnets have', () => {
    expect(codes([subnet('a', 20), subnet('b', 13)])).toEqual([]);
    expect(codes([subnet('a', 20), subnet('b', 12)])).toEqual(['warn addresses-short shop-blue']);
  });

  it('are not known where nobody tells', () => {
    expect(codes(null)).toEqual(['info subnets-unread shop-blue']);
  });
});
