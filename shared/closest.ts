/** Finds what somebody may have meant by a misspelt name. Pure. */

/** @returns the candidate with the fewest edits to `name`; undefined when even that one differs in more than a third of its letters */
export function closestName(name: string, candidates: readonly string[]): string | undefined {
  let closest: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const edits = editDistance(name, candidate);
    if (edits < fewest && edits * 3 <= candidate.length) {
      closest = candidate;
      fewest = edits;
    }
  }
  return closest;
}

/** Levenshtein distance, one row of the table at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
