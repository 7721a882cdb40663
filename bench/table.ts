/** Aligned columns for a terminal. Pure. */

/** @returns the rows below their header; the first column to the left, the others to the right, as figures are */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      widths
        .map((width, column) => (column === 0 ? (line[column] ?? '').padEnd(width) : (line[column] ?? '').padStart(width)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** @returns microseconds as people read them: `165 us`, `3.21 ms` */
export function formatUs(us: number): string {
  return us < 1_000 ? `${Math.round(us)} us` : `${(us / 1_000).toFixed(us < 10_000 ? 2 : 1)} ms`;
}

/** @returns a whole number with thousands separated */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

export function formatMiB(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
