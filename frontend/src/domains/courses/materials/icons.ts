/** Icons that only materials need; each is a module of its own, so that no other page carries them. */
export { faArrowUp } from '@fortawesome/free-solid-svg-icons/faArrowUp'
export { faArrowUpRightFromSquare } from '@fortawesome/free-solid-svg-icons/faArrowUpRightFromSquare'
export { faBookOpen } from '@fortawesome/free-solid-svg-icons/faBookOpen'
export { faFileLines } from '@fortawesome/free-solid-svg-icons/faFileLines'
export { faGripVertical } from '@fortawesome/free-solid-svg-icons/faGripVertical'
