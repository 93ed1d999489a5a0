/** The digits without the zeros at their end. A loop: `/0+$/` looks at each zero again for each that comes before it. */
export function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === 0x30) end -= 1;
  return digits.slice(0, end);
}
