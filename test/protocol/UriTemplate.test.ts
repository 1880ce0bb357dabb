import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as UriTemplate from "../../src/protocol/UriTemplate.ts"

/** The values of RFC 6570, section 3.2. */
const values = {
  count: ["one", "two", "three"],
  dom: ["example", "com"],
  dub: "me/too",
  hello: "Hello World!",
  half: "50%",
  var: "value",
  who: "fred",
  base: "http://example.com/home/",
  path: "/foo/bar",
  list: ["red", "green", "blue"],
  keys: { semi: ";", dot: ".", comma: "," },
  v: "6",
  x: "1024",
  y: "768",
  empty: "",
  empty_keys: {},
  undef: null
}

/** Every example of sections 3.2.1 to 3.2.9. */
const examples: ReadonlyArray<readonly [section: string, examples: { readonly [template: string]: string }]> =
  [
    [
      "3.2.1",
      {
        "{count}": "one,two,three",
        "{count*}": "one,two,three",
        "{/count}": "/one,two,three",
        "{/count*}": "/one/two/three",
        "{;count}": ";count=one,two,three",
        "{;count*}": ";count=one;count=two;count=three",
        "{?count}": "?count=one,two,three",
        "{?count*}": "?count=one&count=two&count=three",
        "{&count*}": "&count=one&count=two&count=three"
      }
    ],
    [
      "3.2.2",
      {
        "{var}": "value",
        "{hello}": "Hello%20World%21",
        "{half}": "50%25",
        "O{empty}X": "OX",
        "O{undef}X": "OX",
        "{x,y}": "1024,768",
        "{x,hello,y}": "1024,Hello%20World%21,768",
        "?{x,empty}": "?1024,",
        "?{x,undef}": "?1024",
        "?{undef,y}": "?768",
        "{var:3}": "val",
        "{var:30}": "value",
        "{list}": "red,green,blue",
        "{list*}": "red,green,blue",
        "{keys}": "semi,%3B,dot,.,comma,%2C",
        "{keys*}": "semi=%3B,dot=.,comma=%2C"
      }
    ],
    [
      "3.2.3",
      {
        "{+var}": "value",
        "{+hello}": "Hello%20World!",
        "{+half}": "50%25",
        "{base}index": "http%3A%2F%2Fexample.com%2Fhome%2Findex",
        "{+base}index": "http://example.com/home/index",
        "O{+empty}X": "OX",
        "O{+undef}X": "OX",
        "{+path}/here": "/foo/bar/here",
        "here?ref={+path}": "here?ref=/foo/bar",
        "up{+path}{var}/here": "up/foo/barvalue/here",
        "{+x,hello,y}": "1024,Hello%20World!,768",
        "{+path,x}/here": "/foo/bar,1024/here",
        "{+path:6}/here": "/foo/b/here",
        "{+list}": "red,green,blue",
        "{+list*}": "red,green,blue",
        "{+keys}": "semi,;,dot,.,comma,,",
        "{+keys*}": "semi=;,dot=.,comma=,"
      }
    ],
    [
      "3.2.4",
      {
        "{#var}": "#value",
        "{#hello}": "#Hello%20World!",
        "{#half}": "#50%25",
        "foo{#empty}": "foo#",
        "foo{#undef}": "foo",
        "{#x,hello,y}": "#1024,Hello%20World!,768",
        "{#path,x}/here": "#/foo/bar,1024/here",
        "{#path:6}/here": "#/foo/b/here",
        "{#list}": "#red,green,blue",
        "{#list*}": "#red,green,blue",
        "{#keys}": "#semi,;,dot,.,comma,,",
        "{#keys*}": "#semi=;,dot=.,comma=,"
      }
    ],
    [
      "3.2.5",
      {
        "{.who}": ".fred",
        "{.who,who}": ".fred.fred",
        "{.half,who}": ".50%25.fred",
        "www{.dom*}": "www.example.com",
        "X{.var}": "X.value",
        "X{.empty}": "X.",
        "X{.undef}": "X",
        "X{.var:3}": "X.val",
        "X{.list}": "X.red,green,blue",
        "X{.list*}": "X.red.green.blue",
        "X{.keys}": "X.semi,%3B,dot,.,comma,%2C",
        "X{.keys*}": "X.semi=%3B.dot=..comma=%2C",
        "X{.empty_keys}": "X",
        "X{.empty_keys*}": "X"
      }
    ],
    [
      "3.2.6",
      {
        "{/who}": "/fred",
        "{/who,who}": "/fred/fred",
        "{/half,who}": "/50%25/fred",
        "{/who,dub}": "/fred/me%2Ftoo",
        "{/var}": "/value",
        "{/var,empty}": "/value/",
        "{/var,undef}": "/value",
        "{/var,x}/here": "/value/1024/here",
        "{/var:1,var}": "/v/value",
        "{/list}": "/red,green,blue",
        "{/list*}": "/red/green/blue",
        "{/list*,path:4}": "/red/green/blue/%2Ffoo",
        "{/keys}": "/semi,%3B,dot,.,comma,%2C",
        "{/keys*}": "/semi=%3B/dot=./comma=%2C"
      }
    ],
    [
      "3.2.7",
      {
        "{;who}": ";who=fred",
        "{;half}": ";half=50%25",
        "{;empty}": ";empty",
        "{;v,empty,who}": ";v=6;empty;who=fred",
        "{;v,bar,who}": ";v=6;who=fred",
        "{;x,y}": ";x=1024;y=768",
        "{;x,y,empty}": ";x=1024;y=768;empty",
        "{;x,y,undef}": ";x=1024;y=768",
        "{;hello:5}": ";hello=Hello",
        "{;list}": ";list=red,green,blue",
        "{;list*}": ";list=red;list=green;list=blue",
        "{;keys}": ";keys=semi,%3B,dot,.,comma,%2C",
        "{;keys*}": ";semi=%3B;dot=.;comma=%2C"
      }
    ],
    [
      "3.2.8",
      {
        "{?who}": "?who=fred",
        "{?half}": "?half=50%25",
        "{?x,y}": "?x=1024&y=768",
        "{?x,y,empty}": "?x=1024&y=768&empty=",
        "{?x,y,undef}": "?x=1024&y=768",
        "{?var:3}": "?var=val",
        "{?list}": "?list=red,green,blue",
        "{?list*}": "?list=red&list=green&list=blue",
        "{?keys}": "?keys=semi,%3B,dot,.,comma,%2C",
        "{?keys*}": "?semi=%3B&dot=.&comma=%2C"
      }
    ],
    [
      "3.2.9",
      {
        "{&who}": "&who=fred",
        "{&half}": "&half=50%25",
        "?fixed=yes{&x}": "?fixed=yes&x=1024",
        "{&x,y,empty}": "&x=1024&y=768&empty=",
        "{&x,y,undef}": "&x=1024&y=768",
        "{&var:3}": "&var=val",
        "{&list}": "&list=red,green,blue",
        "{&list*}": "&list=red&list=green&list=blue",
        "{&keys}": "&keys=semi,%3B,dot,.,comma,%2C",
        "{&keys*}": "&semi=%3B&dot=.&comma=%2C"
      }
    ]
  ]

describe("A URI template is filled in", () => {
  for (const [section, table] of examples) {
    it(`S032: as in RFC 6570, section ${section}`, () => {
      const filled = Object.keys(table).map((template) => [
        template,
        UriTemplate.make(template).expand(values)
      ])
      assert.deepStrictEqual(Object.fromEntries(filled), table)
    })
  }

  it("S032: a name of the prototype is no value", () => {
    assert.strictEqual(UriTemplate.make("a{/constructor}").expand({}), "a")
  })
})

describe("A URI is recognised", () => {
  const rows: ReadonlyArray<readonly [template: string, uri: string, found: object | undefined]> = [
    ["greeting://{name}", "greeting://Ada", { name: "Ada" }],
    ["greeting://{name}", "greeting://Ada%20Lovelace", { name: "Ada Lovelace" }],
    ["greeting://{name}", "greeting://%F0%9F%A7%B5", { name: "🧵" }],
    ["greeting://{name}", "greeting://a%2Fb", { name: "a/b" }],
    ["straße://x y/{name}", "stra%C3%9Fe://x%20y/Ada", { name: "Ada" }],
    ["straße://x y/{name}", "straße://x y/Ada", { name: "Ada" }],
    ["greeting://{name}", "greeting://a/b", undefined],
    ["greeting://{name}", "greeting://", undefined],
    ["greeting://{name}", "greeting:/Ada", undefined],
    ["greeting://{name}", "greeting://Ada?x=1", undefined],
    ["greeting://{name}", "greeting://%", undefined],
    ["greeting://{name}", "greeting://%ff", undefined],
    ["users://{id}/{part}", "users://1/posts", { id: "1", part: "posts" }],
    ["users://{id}/{part}", "users://1/", undefined],
    ["users://{id}-{part}", "users://a-b-c", { id: "a-b", part: "c" }],
    ["file:///{+path}", "file:///a/b/c", { path: "a/b/c" }],
    ["file:///{+path}.txt", "file:///a/b.txt.txt", { path: "a/b.txt" }],
    ["doc://x{#section}", "doc://x#a/b", { section: "a/b" }],
    ["host://www{.dom*}", "host://www.example.com", { dom: ["example", "com"] }],
    ["dir://{/path*}", "dir:///a/b", { path: ["a", "b"] }],
    ["at://{x,y}", "at://1,2", { x: "1", y: "2" }],
    ["at://{x,y}", "at://1", undefined],
    ["find://all{?q,page}", "find://all", {}],
    ["find://all{?q,page}", "find://all?q=tea", { q: "tea" }],
    ["find://all{?q,page}", "find://all?page=2&q=green%26black", { q: "green&black", page: "2" }],
    ["find://all{?q,page}", "find://all?q=", { q: "" }],
    ["find://all{?q,page}", "find://all?other=1", undefined],
    ["find://all{?q,page}", "find://all?q=1&q=2", undefined],
    ["find://all{?tag*}", "find://all?tag=a&tag=b", { tag: ["a", "b"] }],
    ["find://all?fixed=yes{&x}", "find://all?fixed=yes&x=1", { x: "1" }],
    ["map://p{;x,y}", "map://p;x=1;y=2", { x: "1", y: "2" }],
    ["short://{code:3}", "short://abc", { code: "abc" }],
    ["short://{code:3}", "short://abcd", undefined],
    ["twice://{a}/{a}", "twice://x/x", { a: "x" }],
    ["twice://{a}/{a}", "twice://x/y", undefined],
    ["own://{constructor}", "own://x", { constructor: "x" }]
  ]
  for (const [template, uri, found] of rows) {
    it(`S032: ${template} ${found === undefined ? "does not make" : "makes"} ${uri}`, () => {
      assert.deepStrictEqual(UriTemplate.make(template).match(uri), found as never)
    })
  }

  it.effect("S032: what was filled in is found again, whatever it is", () =>
    Effect.gen(function* () {
      const text = Schema.String.check(Schema.isMinLength(1))
      const sample = Arbitrary.sampleEffect(
        Arbitrary.schema(Schema.Struct({ a: text, b: text, q: Schema.String })),
        { count: 300, seed: "uri" }
      )
      const { expand, match } = UriTemplate.make("x://{a}/y/{b}{?q}")
      for (const given of yield* sample) {
        if (Object.values(given).every((value) => value.isWellFormed())) {
          assert.deepStrictEqual(match(expand(given)), given)
        }
      }
    })
  )

  it("S034: a URI made to be slow is refused like any other", () => {
    const variables = Array.from({ length: 40 }, (_, index) => `{v${index}}a`).join("")
    const { match } = UriTemplate.make(`x://${variables}!`)
    assert.isUndefined(match(`x://${"a".repeat(50_000)}`))
    assert.isUndefined(UriTemplate.make("x://{+a}{+b}{+c}{+d}!").match(`x://${"/".repeat(100_000)}`))
    assert.isUndefined(UriTemplate.make("x://a{?a*}").match(`x://a?${"a&".repeat(50_000)}%`))
  })
})

describe("A malformed template", () => {
  for (const [template, position, why] of [
    ["a{b", 1, 'the "}" is missing'],
    ["a}b", 1, 'there is no "{" for this "}"'],
    ["a{}", 2, "a variable is missing"],
    ["a{?}", 2, "a variable is missing"],
    ["a{!b}", 2, '"!" is reserved'],
    ["a{b,}", 4, "is not a variable"],
    ["a{b c}", 2, "is not a variable"],
    ["a{b:0}", 2, "a prefix is a number from 1 to 9999"],
    ["a{b:10000}", 2, "a prefix is a number from 1 to 9999"],
    ["a{b:3*}", 2, "a prefix is a number from 1 to 9999"]
  ] as const) {
    it(`S033: ${template} is refused at its place`, () => {
      try {
        UriTemplate.make(template)
      } catch (error) {
        assert.deepInclude(error, { name: "TemplateError", template, position })
        assert.include(String(error), why)
        return
      }
      assert.fail("it was accepted")
    })
  }
})
