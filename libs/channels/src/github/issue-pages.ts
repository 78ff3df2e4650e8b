import { isCut, type Answer } from '../post-json.js';
import type { Step } from '../ticket/ticket-desk.js';

/** Texts of people make items large, and of an answer only 64 KiB are read: pages are small, and shrink when they do not fit. */
const LARGEST_PAGE = 8;
/** Enough for 1,600 items; more are not looked through. */
const MOST_REQUESTS = 200;

/** What looking at one item can say besides having found something: look at the next one, or at no other. */
export type Visit<Found> = (item: unknown) => { readonly found: Found } | 'next' | 'end';

/**
 * Looks through a list of the API page by page until `visit` finds something. An item that is larger than what is read
 * of an answer is visited as the text of its beginning.
 *
 * @param get fetches one page; pages count from 1
 * @returns `null` when nothing was found
 */
export async function searchPages<Found>(
  get: (perPage: number, page: number) => Promise<Answer>,
  visit: Visit<Found>,
  failureOf: (answer: Answer) => Step<never>,
): Promise<Step<Found | null>> {
  let size = LARGEST_PAGE;
  let seen = 0;
  for (let request = 0; request < MOST_REQUESTS; request += 1) {
    const answer = await get(size, seen / size + 1);
    if (answer.status !== 200 || 'failure' in answer) {
      return failureOf(answer);
    }
    let items = itemsOf(answer.text);
    if (items === null && !isCut(answer.text)) {
      return failureOf(answer);
    }
    if (items === null && size > 1) {
      // `seen` is a multiple of the larger size, and so of the smaller one.
      size /= 2;
      continue;
    }
    items ??= [answer.text];
    for (const item of items) {
      const seenItem = visit(item);
      if (seenItem !== 'next') {
        return { value: seenItem === 'end' ? null : seenItem.found, httpStatus: answer.status };
      }
    }
    if (items.length < size) {
      return { value: null, httpStatus: answer.status };
    }
    seen += size;
  }
  return { value: null, httpStatus: 200 };
}

function itemsOf(text: string): unknown[] | null {
  try {
    const body: unknown = JSON.parse(text);
    return Array.isArray(body) ? body : null;
  } catch {
    return null;
  }
}
