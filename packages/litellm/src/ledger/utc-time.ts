const DAY_MS = 86_400_000;

let day = Number.NaN;
let dayText = '';

/**
 * A moment in milliseconds as `2026-11-23T06:16:01.922`: ISO 8601 in UTC, without a zone, as LiteLLM's columns have it. The
 * day is made once, because three times stand in every row. Throws a RangeError for a moment that no `Date` can hold.
 */
export function utcTime(ms: number): string {
  const thisDay = Math.floor(ms / DAY_MS);
  if (thisDay !== day) {
    dayText = new Date(thisDay * DAY_MS).toISOString().slice(0, -'00:00:00.000Z'.length);
    day = thisDay;
  }
  const rest = Math.trunc(ms) - thisDay * DAY_MS;
  const seconds = Math.floor(rest / 1_000);
  const minutes = Math.floor(seconds / 60);
  const time = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}`;
  return `${dayText}${time}.${String(rest % 1_000).padStart(3, '0')}`;
}

function two(count: number): string {
  return count < 10 ? `0${count}` : `${count}`;
}
