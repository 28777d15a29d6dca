/**
 * Icons that only rooms need. Each is a module of its own here: the package's index is one module, and whatever is
 * taken from it comes with every page.
 */
export { faDownload } from '@fortawesome/free-solid-svg-icons/faDownload'
export { faFile } from '@fortawesome/free-solid-svg-icons/faFile'
export { faFileAudio } from '@fortawesome/free-solid-svg-icons/faFileAudio'
export { faFileExcel } from '@fortawesome/free-solid-svg-icons/faFileExcel'
export { faFileImage } from '@fortawesome/free-solid-svg-icons/faFileImage'
export { faFileLines } from '@fortawesome/free-solid-svg-icons/faFileLines'
export { faFilePdf } from '@fortawesome/free-solid-svg-icons/faFilePdf'
export { faFilePowerpoint } from '@fortawesome/free-solid-svg-icons/faFilePowerpoint'
export { faFileVideo } from '@fortawesome/free-solid-svg-icons/faFileVideo'
export { faFileZipper } from '@fortawesome/free-solid-svg-icons/faFileZipper'
export { faPaperclip } from '@fortawesome/free-solid-svg-icons/faPaperclip'
