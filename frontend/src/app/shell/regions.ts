/** The parts of the page, in the order in which F6 visits them: whatever carries `data-region` and can be seen. */

export function focusRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter((region) =>
    region.checkVisibility(),
  )
  if (!regions.length) return
  // The innermost: the composer lies within main.
  const here = regions.findLastIndex((region) => region.contains(document.activeElement))
  const next =
    here === -1 && step === -1 ? regions.length - 1 : (here + step + regions.length) % regions.length
  enter(regions[next])
}

/** To the field or the chosen entry of a region if it names one, otherwise to the region itself. */
function enter(region: HTMLElement | undefined): void {
  const named = [
    ...(region?.querySelectorAll<HTMLElement>('[data-region-focus], [aria-current="page"]') ?? []),
  ]
  const target = named.find((element) => element.closest('[data-region]') === region) ?? region
  if (target === region) target?.setAttribute('tabindex', '-1')
  target?.focus()
}
