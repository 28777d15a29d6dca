import '@/design/tokens.css'
import '@/design/base.css'

import { boot } from '@/app/boot'

void boot()
