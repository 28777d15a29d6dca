import { computed, type ComputedRef, ref, type Ref } from 'vue'

import type { Material, Unit } from './units'

type Picture = NonNullable<Material['file']> & { width: number; height: number }

/** The pictures among the files, and the one that is looked at: a file's id. */
export function usePictures(units: () => readonly Unit[]): {
  pictures: ComputedRef<readonly Picture[]>
  picture: Ref<string | null>
} {
  const picture = ref<string | null>(null)
  const pictures = computed(() =>
    units()
      .flatMap(({ materials }) => materials)
      .flatMap(({ file }) => (file?.width && file.height ? [file as Picture] : [])),
  )
  return { pictures, picture }
}
