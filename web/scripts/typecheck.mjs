// vue-tsc over everything, then each service worker with its own library of types.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { WEB } from './faces.mjs'

const projects = ['tsconfig.json', 'apps/field/tsconfig.sw.json'].filter((path) => existsSync(join(WEB, path)))
for (const project of projects) {
  const { status } = spawnSync(
    process.execPath,
    [join(WEB, 'node_modules/vue-tsc/bin/vue-tsc.js'), '--noEmit', '-p', project],
    {
      cwd: WEB,
      stdio: 'inherit',
    },
  )
  if (status !== 0) process.exit(status ?? 1)
}
