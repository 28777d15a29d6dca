import type { MaterialsQuery } from './documents'

export type Course = MaterialsQuery['course']
export type Unit = Course['units'][number]
export type Material = Unit['materials'][number]
