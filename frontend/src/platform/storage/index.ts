/**
 * What a browser keeps for us. Where it forbids that (private windows, policies of a school's machines) or is full,
 * the same words are kept until the page is closed, and nothing breaks.
 */

export interface Store {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** localStorage, or memory where there is none. Every key of ours begins with `edusphere.` */
export const storage: Store = fallingBack(() => localStorage)

export function fallingBack(place: () => Store): Store {
  const memory = new Map<string, string>()
  const attempt = <Result>(act: (store: Store) => Result, otherwise: () => Result): Result => {
    try {
      return act(place())
    } catch {
      return otherwise()
    }
  }
  return {
    getItem: (key) =>
      memory.get(key) ??
      attempt(
        (store) => store.getItem(key),
        () => null,
      ),
    setItem(key, value) {
      memory.delete(key)
      attempt<unknown>(
        (store) => store.setItem(key, value),
        () => memory.set(key, value),
      )
    },
    removeItem(key) {
      memory.delete(key)
      attempt(
        (store) => store.removeItem(key),
        () => undefined,
      )
    },
  }
}

/** Read a JSON value; what is missing, broken or of another shape is `undefined`. */
export function readJson<Value>(key: string, fits: (value: unknown) => value is Value): Value | undefined {
  try {
    const value: unknown = JSON.parse(storage.getItem(key) ?? 'null')
    return fits(value) ? value : undefined
  } catch {
    return undefined
  }
}

export function writeJson(key: string, value: unknown): void {
  storage.setItem(key, JSON.stringify(value))
}
