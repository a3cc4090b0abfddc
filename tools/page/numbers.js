// Numbers as people read them.

const TWO64 = 1n << 64n;
/** What `larl` and `lgrl` reach: 32 signed bits of halfwords. */
const REACH_BELOW = -(1n << 32n);
const REACH_ABOVE = (1n << 32n) - 2n;

const hex = (number) => `0x${BigInt(number).toString(16)}`;
const signed = (number) => BigInt.asIntN(64, number);
const wrap = (number) => BigInt.asUintN(64, number);
const grouped = (number) => number.toLocaleString("en-US").replaceAll(",", "\u202f");

/** A number with its sign: a real minus. */
function signedText(number) {
  const value = signed(number);
  return value < 0n ? `\u2212${grouped(-value)}` : `+${grouped(value)}`;
}

function signedHex(number) {
  const value = signed(number);
  return value < 0n ? `\u2212${hex(-value)}` : hex(value);
}

/** Bytes, in the largest unit that leaves a number of at least one. */
function bytesText(bytes) {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
  let value = Number(bytes);
  let unit = 0;
  while (value >= 1024 && unit + 1 < units.length) {
    value /= 1024;
    unit += 1;
  }
  // Not rounded up: a distance just short of a limit isn't the limit.
  const shown = Number.isInteger(value) ? String(value) : (Math.floor(value * 10) / 10).toFixed(1);
  return unit === 0 && value === 1 ? "1 byte" : `${shown} ${units[unit]}`;
}

/** A distance with its sign; from 1 GiB on in GiB, as the reach is given. */
function distanceText(distance) {
  const value = signed(distance);
  const length = value < 0n ? -value : value;
  const gibibytes = (length * 10n) >> 30n;
  const text =
    gibibytes < 10n ? bytesText(length) : `${grouped(gibibytes / 10n)}.${gibibytes % 10n} GiB`;
  return `${value < 0n ? "\u2212" : "+"}${text}`;
}

const isInReach = (distance) => signed(distance) >= REACH_BELOW && signed(distance) <= REACH_ABOVE;

/** What a copy holds, as a number where it has a number's size. */
function valueText(bytes) {
  const size = bytes.length / 2;
  if (![1, 2, 4, 8].includes(size)) return `${size} bytes`;
  return grouped(BigInt(`0x${bytes}`));
}

/** A cost: 158.1, 18\u202f887, 254 M. */
function costText(value) {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)}\u202fM`;
  if (value >= 1000) return grouped(Math.round(value));
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}
