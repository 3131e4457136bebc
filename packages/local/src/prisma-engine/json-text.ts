/**
 * Whether a text is JSON that the engine takes. For any other it does not answer with an error but panics,
 * and the process is lost. It is stricter than JavaScript: at most 127 levels deep, numbers within a
 * double, no halves of surrogate pairs (observed with @prisma/client 5.17.0; serde_json has these limits).
 */
export function isEngineJson(text: string): boolean {
  try {
    return isWithinLimits(JSON.parse(text), 1);
  } catch {
    return false;
  }
}

const deepest = 127;
const loneSurrogate = /\p{Surrogate}/u;

function isWithinLimits(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return !loneSurrogate.test(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth > deepest) return false;
  if (Array.isArray(value)) return value.every((item) => isWithinLimits(item, depth + 1));
  return Object.entries(value).every(([name, item]) => !loneSurrogate.test(name) && isWithinLimits(item, depth + 1));
}
