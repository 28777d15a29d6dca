/** What a file is to people, as an icon. Only an icon: what may be shown in the page is isPicture's to say. */
import type { IconDefinition } from '@fortawesome/free-solid-svg-icons'

import {
  faFile,
  faFileAudio,
  faFileExcel,
  faFileImage,
  faFileLines,
  faFilePdf,
  faFilePowerpoint,
  faFileVideo,
  faFileZipper,
} from './icons'

const KINDS: readonly [RegExp, IconDefinition][] = [
  [/^image\//, faFileImage],
  [/^audio\//, faFileAudio],
  [/^video\//, faFileVideo],
  [/\/pdf$/, faFilePdf],
  [/spreadsheet|ms-excel|\/csv$/, faFileExcel],
  [/presentation|ms-powerpoint/, faFilePowerpoint],
  [/zip|tar$|x-7z|vnd\.rar/, faFileZipper],
  [/^text\/|wordprocessing|opendocument\.text|msword|epub/, faFileLines],
]

export function iconOf(mime: string): IconDefinition {
  return KINDS.find(([kind]) => kind.test(mime))?.[1] ?? faFile
}

/** A name in two parts, the end of which says what it is and is never cut off. */
export function parted(name: string): [stem: string, ending: string] {
  const [ending = ''] = /\.\w{1,8}$/.exec(name) ?? []
  return [name.slice(0, name.length - ending.length), ending]
}
