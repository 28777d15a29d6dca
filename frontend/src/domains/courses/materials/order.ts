/** The order of units and of what is in them, without the screen: places are counted from 1, as the server does. */

interface Placed {
  readonly id: string
}
interface Holder<Inner extends Placed> extends Placed {
  readonly materials: readonly Inner[]
}

export type Move =
  | { readonly kind: 'unit'; readonly id: string; readonly place: number }
  | { readonly kind: 'material'; readonly id: string; readonly unitId: string; readonly place: number }

/** The units as they are once this has been moved. What is not there is not moved. */
export function withMove<Inner extends Placed, Unit extends Holder<Inner>>(
  units: readonly (Unit & Holder<Inner>)[],
  move: Move,
): readonly Unit[] {
  if (move.kind === 'unit') return placed(units, find(units, move.id), move.place)
  const material = units.flatMap(({ materials }) => materials).find(({ id }) => id === move.id)
  if (!find(units, move.unitId)) return units
  return units.map((unit) => ({
    ...unit,
    materials:
      unit.id === move.unitId
        ? placed(unit.materials, material, move.place)
        : unit.materials.filter(({ id }) => id !== move.id),
  }))
}

/** One place up (-1) or down (1); a material goes on into the next unit. null: there is no further. */
export function step(units: readonly Holder<Placed>[], id: string, by: -1 | 1): Move | null {
  const at = units.findIndex((unit) => unit.id === id)
  if (at !== -1) return units[at + by] ? { kind: 'unit', id, place: at + by + 1 } : null
  const unitAt = units.findIndex(({ materials }) => find(materials, id))
  const unit = units[unitAt]
  if (!unit) return null
  const materialAt = unit.materials.findIndex((material) => material.id === id)
  if (unit.materials[materialAt + by])
    return { kind: 'material', id, unitId: unit.id, place: materialAt + by + 1 }
  const next = units[unitAt + by]
  return next
    ? { kind: 'material', id, unitId: next.id, place: by === 1 ? 1 : next.materials.length + 1 }
    : null
}

/** Whether anything would be elsewhere than it is. */
export function changes(units: readonly Holder<Placed>[], move: Move): boolean {
  const before = orderOf(units)
  const after = orderOf(withMove<Placed, Holder<Placed>>(units, move))
  return before !== after
}

function orderOf(units: readonly Holder<Placed>[]): string {
  return units.map(({ id, materials }) => [id, ...materials.map((material) => material.id)].join()).join(';')
}

function find<Item extends Placed>(items: readonly Item[], id: string): Item | undefined {
  return items.find((item) => item.id === id)
}

function placed<Item extends Placed>(
  items: readonly Item[],
  item: Item | undefined,
  place: number,
): readonly Item[] {
  return item ? items.filter(({ id }) => id !== item.id).toSpliced(place - 1, 0, item) : items
}
