import { currentLocale } from '.'

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** The size of a file as people say it: 310 kB, 2.4 MB. A kilobyte has 1,024 bytes here, as the server's limits have. */
export function formatBytes(bytes: number): string {
  const step = Math.min(Math.max(Math.floor(Math.log2(bytes) / 10), 0), UNITS.length - 1)
  const amount = bytes / 1024 ** step
  return new Intl.NumberFormat(currentLocale(), {
    style: 'unit',
    unit: UNITS[step] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: amount < 10 && step > 1 ? 1 : 0,
  }).format(amount)
}

/** A part of a whole, from 0 to 1: 43 %. */
export function formatShare(share: number): string {
  return new Intl.NumberFormat(currentLocale(), { style: 'percent' }).format(share)
}

/** Names one after the other: Ada, Ben and Kim. */
export function listed(names: readonly string[]): string {
  return new Intl.ListFormat(currentLocale(), { type: 'conjunction' }).format(names)
}

/** A count, with its thousands apart. */
export function formatCount(count: number): string {
  return new Intl.NumberFormat(currentLocale()).format(count)
}
