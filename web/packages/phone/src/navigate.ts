/** Addresses that open the phone's own map apps at a place. The house speaks WGS-84; each app speaks its own datum. */

import gcoord from 'gcoord'

export interface MapApp {
  key: 'phone' | 'amap' | 'baidu' | 'tencent'
  url: string
}

type Point = readonly [number, number]
const DIGITS = 6

const gcj02 = ([lon, lat]: Point): Point => gcoord.transform([lon, lat], gcoord.WGS84, gcoord.GCJ02)
const bd09 = ([lon, lat]: Point): Point => gcoord.transform([lon, lat], gcoord.WGS84, gcoord.BD09)
const lonLat = ([lon, lat]: Point): string => `${lon.toFixed(DIGITS)},${lat.toFixed(DIGITS)}`
const latLon = ([lon, lat]: Point): string => `${lat.toFixed(DIGITS)},${lon.toFixed(DIGITS)}`

/** Where to go, for each of the apps that people here have; `geo:` lets the phone choose. */
export function mapApps({ lon, lat, name }: { lon: number; lat: number; name: string }): MapApp[] {
  const here: Point = [lon, lat]
  const said = encodeURIComponent(name.replace(/[,|()]/g, ' '))
  return [
    { key: 'amap', url: `https://uri.amap.com/navigation?to=${lonLat(gcj02(here))},${said}&mode=walk&callnative=1` },
    {
      key: 'baidu',
      url: `https://api.map.baidu.com/marker?location=${latLon(bd09(here))}&coord_type=bd09ll&title=${said}&content=${said}&output=html&src=wangge`,
    },
    {
      key: 'tencent',
      url: `https://apis.map.qq.com/uri/v1/routeplan?type=walk&to=${said}&tocoord=${latLon(gcj02(here))}&referer=wangge`,
    },
    { key: 'phone', url: `geo:${latLon(here)}?q=${latLon(here)}(${said})` },
  ]
}
