import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import { links } from './links.mts'
import { marks } from './marks.mts'
import { english, japanese, sidebar } from './pages.mts'

// One word a piece; Japanese has no spaces, so it is divided as the reader's browser divides it.
const tokenize = (text: string) =>
  [...new Intl.Segmenter('ja', { granularity: 'word' }).segment(text)].filter(part => part.isWordLike).map(part => part.segment)

const inside = (path: string) => fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url))

export default defineConfig({
  title: 'Kodama',
  description: 'A real-time hub for the local network',
  srcDir: '..',
  srcExclude: ['site/**'],
  head: [['link', { rel: 'icon', href: '/mark.svg' }]],
  markdown: {
    // As GitHub names headings, so that links hold there and here.
    anchor: { slugify: text => text.trim().toLowerCase().replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '').replace(/\s/g, '-') },
    config: md => md.use(links).use(marks),
  },
  // The pages lie outside of this folder, which has the packages.
  vite: {
    resolve: {
      alias: [
        { find: /^vue\/server-renderer$/, replacement: inside('vue/server-renderer/index.mjs') },
        { find: /^vue$/, replacement: inside('vue/dist/vue.runtime.esm-bundler.js') },
      ],
    },
  },
  themeConfig: {
    logo: '/mark.svg',
    search: {
      provider: 'local',
      options: {
        miniSearch: { options: { tokenize } },
        locales: {
          ja: {
            translations: {
              button: { buttonText: '検索', buttonAriaLabel: '検索' },
              modal: {
                displayDetails: '詳しく表示',
                resetButtonTitle: '消去',
                backButtonTitle: '閉じる',
                noResultsText: '見つかりませんでした：',
                footer: { selectText: '選択', navigateText: '移動', closeText: '閉じる' },
              },
            },
          },
        },
      },
    },
    outline: { level: [2, 3] },
    externalLinkIcon: false,
  },
  locales: {
    root: {
      label: 'English',
      lang: 'en',
      themeConfig: {
        // Not every page is there in Japanese: from here the way leads to its first one.
        i18nRouting: false,
        sidebar: sidebar(english),
        notFound: {
          title: 'There is no such page',
          quote: 'It may have another name by now: the search knows all that there are.',
          linkLabel: 'To the first page',
          linkText: 'To the first page',
        },
        nav: [{ text: 'Quick starts', link: '/start/chat' }, { text: 'Glossary', link: '/glossary' }],
      },
    },
    ja: {
      label: '日本語',
      lang: 'ja',
      description: 'ローカルネットワークのためのリアルタイムハブ',
      themeConfig: {
        sidebar: sidebar(japanese),
        nav: [{ text: 'クイックスタート', link: '/ja/start/chat' }, { text: '英語の全ページ', link: '/what' }],
        outline: { level: [2, 3], label: 'このページの内容' },
        notFound: {
          title: 'このページはありません',
          quote: '名前が変わったのかもしれません。検索で探せます。',
          linkLabel: '最初のページへ',
          linkText: '最初のページへ',
        },
        docFooter: { prev: '前のページ', next: '次のページ' },
        darkModeSwitchLabel: '表示',
        lightModeSwitchTitle: '明るい表示にする',
        darkModeSwitchTitle: '暗い表示にする',
        sidebarMenuLabel: 'メニュー',
        returnToTopLabel: '先頭へ',
        langMenuLabel: '言語',
        skipToContentLabel: '本文へ',
      },
    },
  },
})
