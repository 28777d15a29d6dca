/** One of the things that can be picked. */
export interface Choice {
  id: string
  name: string
  /** What tells it from others of its name. */
  about?: string
}
