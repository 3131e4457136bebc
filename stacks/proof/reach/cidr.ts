/** Whether an IPv4 or IPv6 block stands for every address. */
export function isEverybody(cidr: string): boolean {
  return /\/0$/.test(cidr);
}

/** Whether two IPv4 blocks have an address in common. Blocks that are not plain IPv4 share with none. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [rangeOf(one), rangeOf(other)];
  return a !== undefined && b !== undefined && a.first <= b.last && b.first <= a.last;
}

/** Whether all addresses of the IPv4 block `inner` are in `outer`. */
function contains(outer: string, inner: string): boolean {
  const [a, b] = [rangeOf(outer), rangeOf(inner)];
  return a !== undefined && b !== undefined && a.first <= b.first && b.last <= a.last;
}

/** Whether a block is within those that are not routed on the internet (RFC 1918, RFC 6598). */
export function isPrivate(cidr: string): boolean {
  return ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].some((each) => contains(each, cidr));
}

function rangeOf(cidr: string): { readonly first: number; readonly last: number } | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, length = 0] = match.slice(1).map(Number);
  const size = 2 ** (32 - length);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const first = Math.floor(address / size) * size;
  return { first, last: first + size - 1 };
}
