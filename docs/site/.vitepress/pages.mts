import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DefaultTheme } from 'vitepress'

/** The folder of the pages. */
export const docs = join(import.meta.dirname, '../..')

interface Group {
  text: string
  /** Files without their ending. The first heading of each is its title; one that is not there (yet) is left out. */
  pages: string[]
}

/** A new page is a line here. */
export const english: Group[] = [
  { text: 'Start', pages: ['what', 'install', 'start/chat', 'start/game', 'start/guide', 'start/dashboard', 'start/devices', 'connect'] },
  {
    text: 'Guides',
    pages: [
      'guides/auth',
      'guides/rooms',
      'guides/presence',
      'guides/state',
      'https',
      'cluster',
      'guides/hubs',
      'guides/deployment',
      'guides/limits',
      'guides/troubleshooting',
      'guides/security',
    ],
  },
  {
    text: 'Coming from',
    pages: ['from-local-websocket', 'from-dart-frog', 'from-ws', 'from-node', 'from-signalr', 'from-pusher', 'from-ably'],
  },
  {
    text: 'Reference',
    pages: ['commands', 'options', 'program', 'doors', 'metrics', 'security', 'glossary', 'api/index'],
  },
  {
    text: 'Specifications',
    pages: [
      'specs/index',
      'specs/kodama.v1',
      'specs/websocket',
      'specs/http',
      'specs/socketio',
      'specs/pusher',
      'specs/ably',
      'specs/log',
      'specs/rules',
      'specs/tokens',
      'specs/client-js',
      'specs/client',
      'specs/discovery',
      'specs/https',
      'specs/redis',
      'specs/cluster',
      'specs/file',
      'decisions/README',
    ],
  },
]

export const japanese: Group[] = [
  {
    text: 'はじめに',
    pages: ['ja/what', 'ja/install', 'ja/start/chat', 'ja/start/game', 'ja/start/guide', 'ja/start/dashboard', 'ja/start/devices'],
  },
]

export function sidebar(groups: Group[]): DefaultTheme.SidebarItem[] {
  return groups.map(({ text, pages }) => ({
    text,
    collapsed: text === 'Specifications' ? true : undefined,
    items: pages.filter(page => existsSync(file(page))).map(page => ({ text: title(page), link: `/${page}` })),
  }))
}

function file(page: string): string {
  return join(docs, `${page}.md`)
}

function title(page: string): string {
  const heading = readFileSync(file(page), 'utf8').match(/^# (.+)$/m)
  if (!heading) throw new Error(`${file(page)} has no heading: begin it with "# ".`)
  return heading[1].replaceAll('`', '')
}
