// The calls of visits beside the plan, here and not from the common chunk of calls: the first pages do not carry them.
import {
  client,
  type CampaignIn,
  type CountCampaignErrors,
  type CountCampaignResponses,
  type CountDrawErrors,
  type CountDrawResponses,
  type DoubleDrawIn,
  type GetCampaignErrors,
  type GetCampaignResponses,
  type GetDrawErrors,
  type GetDrawResponses,
  type JudgeCampaignErrors,
  type JudgeCampaignResponses,
  type ListBesideChoicesErrors,
  type ListBesideChoicesResponses,
  type ListCampaignsErrors,
  type ListCampaignsResponses,
  type MakeDrawErrors,
  type MakeDrawResponses,
  type StartCampaignErrors,
  type StartCampaignResponses,
  type VerdictIn,
} from '@wangge/api'

const ASSIGNMENTS = '/api/orders/assignments'
const CAMPAIGNS = '/api/orders/campaigns'
const headers = { 'Content-Type': 'application/json' }

export const listBesideChoices = () =>
  client.get<ListBesideChoicesResponses, ListBesideChoicesErrors>({ url: `${ASSIGNMENTS}/choices` })

export const countDraw = (body: DoubleDrawIn) =>
  client.post<CountDrawResponses, CountDrawErrors>({ url: `${ASSIGNMENTS}/draw/count`, body, headers })

export const makeDraw = (body: DoubleDrawIn) =>
  client.post<MakeDrawResponses, MakeDrawErrors>({ url: `${ASSIGNMENTS}/draw`, body, headers })

export const getDraw = (id: string) => client.get<GetDrawResponses, GetDrawErrors>({ url: `${ASSIGNMENTS}/${id}/draw` })

export const listCampaigns = (query: { cursor?: string; limit?: number }) =>
  client.get<ListCampaignsResponses, ListCampaignsErrors>({ url: CAMPAIGNS, query })

export const countCampaign = (body: CampaignIn) =>
  client.post<CountCampaignResponses, CountCampaignErrors>({ url: `${CAMPAIGNS}/count`, body, headers })

export const startCampaign = (body: CampaignIn) =>
  client.post<StartCampaignResponses, StartCampaignErrors>({ url: CAMPAIGNS, body, headers })

export const getCampaign = (id: string) =>
  client.get<GetCampaignResponses, GetCampaignErrors>({ url: `${CAMPAIGNS}/${id}` })

export const judgeCampaign = (id: string, body: VerdictIn) =>
  client.post<JudgeCampaignResponses, JudgeCampaignErrors>({ url: `${CAMPAIGNS}/${id}/verdict`, body, headers })
