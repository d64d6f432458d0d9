import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mapApps } from '../src/navigate'
import { plateCodeOf } from '../src/scan'

const path = join(import.meta.dirname, '../../../../contracts/vectors/datum.json')
const vectors = JSON.parse(readFileSync(path, 'utf8')) as { name: string; wgs84: number[]; gcj02: number[] }[]

describe('the way to a place', () => {
  it.each(vectors)('is told to each app in its own datum: $name', ({ wgs84, gcj02 }) => {
    const [lon = 0, lat = 0] = wgs84
    const urls = Object.fromEntries(mapApps({ lon, lat, name: '后街,五金店' }).map(({ key, url }) => [key, url]))
    const [gcjLon = 0, gcjLat = 0] = gcj02
    const told =
      /to=([\d.]+),([\d.]+),/
        .exec(urls.amap ?? '')
        ?.slice(1)
        .map(Number) ?? []
    expect(told[0]).toBeCloseTo(gcjLon, 4)
    expect(told[1]).toBeCloseTo(gcjLat, 4)
    expect(urls.tencent).toContain(`tocoord=${told[1]},${told[0]}`)
    expect(urls.phone).toContain(`geo:${lat.toFixed(6)},${lon.toFixed(6)}`)
    expect(urls.amap).toContain(encodeURIComponent('后街 五金店'))
    // BD-09 lies some 0.0065° east and 0.006° north of GCJ-02.
    const baidu =
      /location=([\d.]+),([\d.]+)/
        .exec(urls.baidu ?? '')
        ?.slice(1)
        .map(Number) ?? []
    expect((baidu[1] ?? 0) - gcjLon).toBeCloseTo(0.0065, 2)
    expect((baidu[0] ?? 0) - gcjLat).toBeCloseTo(0.006, 2)
  })
})

describe('the code of a plate', () => {
  it.each([
    ['https://city.example/q/7K3M9QXD2B4T', '7K3M9QXD2B4T'],
    ['7k3m-9qxd-2b4t', '7K3M9QXD2B4T'],
    [' 7K3M 9QXD 2B4O ', '7K3M9QXD2B40'],
    ['https://city.example/q/7K3M9QXD2B4T/', '7K3M9QXD2B4T'],
    ['https://elsewhere.example/pay?to=1', ''],
    ['7K3M9QXD', ''],
    ['', ''],
  ])('of %j is %j', (text, code) => {
    expect(plateCodeOf(text)).toBe(code)
  })
})
