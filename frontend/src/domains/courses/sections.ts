import type { OpenedCourse } from './course'

type Options = { value: string; label: string }[]

/** Sections to choose from; the empty value is none of them. */
export function sectionOptions(sections: OpenedCourse['sections'], none: string): Options {
  return [{ value: '', label: none }, ...sections.map(({ id, name }) => ({ value: id, label: name }))]
}
