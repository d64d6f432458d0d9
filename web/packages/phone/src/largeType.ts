import { ref } from 'vue'

const KEY = 'wangge.large'

export const isLarge = ref(localStorage.getItem(KEY) === '1')

function show(): void {
  document.documentElement.classList.toggle('is-large', isLarge.value)
}
show()

/** Large type and larger buttons, remembered on this phone. */
export function setLarge(on: boolean): void {
  isLarge.value = on
  localStorage.setItem(KEY, on ? '1' : '0')
  show()
}
