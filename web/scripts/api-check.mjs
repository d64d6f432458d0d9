// The committed client must be what contracts/openapi.json says today.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { WEB } from './faces.mjs'

const committed = join(WEB, 'packages/api/src/generated')
const fresh = mkdtempSync(join(WEB, 'node_modules/.api-'))

function read(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [relative(folder, path), readFileSync(path, 'utf8')]
    }),
  )
}

try {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(WEB, 'node_modules/@hey-api/openapi-ts/bin/run.js'), '--output', fresh],
    { cwd: WEB, encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`openapi-ts failed: ${stderr}`)
  const [was, is] = [read(committed), read(fresh)]
  const differing = [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name))
  if (differing.length > 0) {
    console.error(`The client has drifted from contracts/openapi.json: ${differing.join(', ')}. Run "npm run api".`)
    process.exitCode = 1
  } else console.log(`The client matches contracts/openapi.json (${is.size} files).`)
} finally {
  rmSync(fresh, { recursive: true })
}
