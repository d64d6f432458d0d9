// apps → features → packages: a package knows no app, a feature knows neither its app's frame nor another feature.
import { dirname, relative, resolve } from 'node:path'
import { WEB } from './faces.mjs'

function place(path) {
  const [top, name, , kind, feature] = relative(WEB, path).split('/')
  if (top === 'packages') return { layer: 'package', name }
  if (top !== 'apps') return { layer: 'tooling' }
  if (kind === 'features') return { layer: 'feature', app: name, feature }
  return { layer: 'app', app: name }
}

function quarrel(from, to) {
  if (from.layer === 'package' && to.layer !== 'package') return 'a package may not import from apps'
  if (from.layer === 'package' && from.name !== to.name) return `import another package by its name, @wangge/${to.name}`
  if (from.layer === 'feature' && to.layer === 'app') return 'a feature may not import the frame around it'
  if (from.layer === 'feature' && to.layer === 'feature' && from.feature !== to.feature)
    return 'a feature may not import another feature'
  if (from.layer !== 'tooling' && to.layer !== 'tooling' && from.app && to.app && from.app !== to.app)
    return 'one face may not import another'
  return undefined
}

export default {
  meta: { type: 'problem', schema: [], messages: { no: '{{why}} ({{source}})' } },
  create(context) {
    const from = place(context.filename)
    const check = (node) => {
      const source = node.source?.value
      if (typeof source !== 'string' || !source.startsWith('.')) return
      const why = quarrel(from, place(resolve(dirname(context.filename), source)))
      if (why) context.report({ node, messageId: 'no', data: { why, source } })
    }
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    }
  },
}
