import type { IssueIn } from '@wangge/api'

type Kind = IssueIn['kind']

export interface IssueForm {
  recipient: string
  demand: string
  conclusion: string
  note: string
  deadline: string
  revealReason: string
  withPhotos: boolean
  signer: string
  signature: string[]
}

export const emptyForm = (): IssueForm => ({
  recipient: '',
  demand: '',
  conclusion: '',
  note: '',
  deadline: '',
  revealReason: '',
  withPhotos: true,
  signer: '',
  signature: [],
})

const CONCLUDES: readonly Kind[] = ['recheck_record', 'delisting_notice']
const HAS_NO_DEADLINE: readonly Kind[] = [...CONCLUDES, 'inspection_record']

/** Which fields a kind of document prints. */
export function wantsOf(kind: Kind | undefined): { demand: boolean; conclusion: boolean; deadline: boolean } {
  const concludes = kind !== undefined && CONCLUDES.includes(kind)
  return {
    demand: !concludes,
    conclusion: concludes,
    deadline: kind !== undefined && !HAS_NO_DEADLINE.includes(kind),
  }
}

/** Return what is sent: a field that the kind does not print is left out, whatever was typed before. */
export function bodyOf(id: string, kind: Kind, form: IssueForm, signerRole: string): IssueIn {
  const wants = wantsOf(kind)
  const isSigned = form.signer.trim() !== '' || form.signature.length > 0
  return {
    id,
    kind,
    recipient: form.recipient.trim(),
    demand: wants.demand ? form.demand.trim() : '',
    conclusion: wants.conclusion ? form.conclusion.trim() : '',
    note: form.note.trim(),
    deadline_on: wants.deadline && form.deadline !== '' ? form.deadline : null,
    with_photos: form.withPhotos,
    signatures: isSigned ? [{ role: signerRole, name: form.signer.trim(), sha256: form.signature[0] ?? '' }] : [],
    reveal_reason: form.revealReason.trim(),
  }
}
