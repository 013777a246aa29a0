/// The one stylesheet of all pages. New content has a new address, so browsers may keep it for ever.
package enum Stylesheet {
    /// The stylesheet with a hospital's own colours behind it: new content has a new address.
    package struct Themed: Sendable {
        package let path: String
        package let bytes: [UInt8]

        package init(_ theme: Theme) {
            bytes = Array((text + theme.css).utf8)
            path = "/portal/style-\(Fingerprint.of(bytes)).css"
        }
    }

    package static let text = """
        /* A hospital's own colours come at the end; every pair here keeps WCAG 2.2 AA in light and in dark. */
        :root {
          color-scheme: light dark;
          \(declarations(lightColors))
        }
        @media (prefers-color-scheme: dark) {
          :root {
            \(declarations(darkColors))
          }
        }
        *, ::before, ::after { box-sizing: border-box }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100% }
        body {
          margin: 0;
          background: var(--ground);
          color: var(--ink);
          font: \(Look.rem(Look.fontSize))/1.5 \(Look.fontFamily);
          overflow-wrap: anywhere;
        }
        h1, h2, h3, p, ul, dl, dd { margin: 0 }
        h1, h2, h3 { line-height: 1.25; text-wrap: balance }
        h1 { font-size: 1.75rem; letter-spacing: -.01em }
        h2 { font-size: 1.25rem }
        h3 { font-size: 1.0625rem }
        a { color: var(--link); text-underline-offset: .18em }
        a:hover { text-decoration-thickness: 2px }
        code { font: .95em ui-monospace, "Cascadia Mono", Consolas, monospace; unicode-bidi: isolate }
        :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: .25rem }
        main:focus { outline: none }
        .unseen {
          position: absolute;
          width: 1px;
          height: 1px;
          overflow: hidden;
          clip-path: inset(50%);
          white-space: nowrap;
        }
        .skip {
          position: absolute;
          inset-inline-start: .5rem;
          top: -6rem;
          z-index: 1;
          padding: .75rem 1rem;
          background: var(--surface);
        }
        .skip:focus { top: .5rem }

        /* The frame */
        header { background: var(--surface); border-bottom: 1px solid var(--line) }
        .demo {
          padding: .375rem 1rem;
          background: var(--caution);
          border-bottom: 1px solid var(--caution-edge);
          text-align: center;
          font-size: .9375rem;
        }
        .bar, main, footer {
          max-width: 54rem;
          margin: 0 auto;
          padding-inline: \(Look.rem(Look.spacing));
        }
        .bar {
          display: flex;
          flex-wrap: wrap;
          align-items: center;
          justify-content: space-between;
          gap: .25rem 1.5rem;
          min-height: 4rem;
          padding-block: .5rem;
        }
        .site { display: flex; align-items: center; gap: .625rem; font-weight: 650; font-size: 1.125rem }
        .site img { display: block; max-width: 12rem; max-height: 2.75rem }
        .site:not(:has(img))::before {
          content: "";
          flex: none;
          width: 1.375rem;
          height: 1.75rem;
          border: .3125rem solid var(--accent);
          border-bottom: 0;
          border-radius: .75rem .75rem 0 0;
        }
        .site a { display: flex; align-items: center; min-height: 2.75rem; color: inherit; text-decoration: none }
        .site a:hover { text-decoration: underline }
        .account { display: flex; flex-wrap: wrap; align-items: center; gap: 0 .25rem; font-size: .9375rem }
        .account p { margin-inline-end: .5rem }
        .account .quiet {
          padding: .25rem .75rem;
          border-color: transparent;
          font-weight: 500;
          text-decoration: underline;
        }
        .account .quiet:last-child { margin-inline-end: -.75rem }
        main, .stack { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.5rem }
        main { padding-block: 2rem }
        footer { padding-bottom: 2rem; color: var(--soft) }
        .narrow { width: 100%; max-width: 28rem; margin: 0 auto }
        .card + .narrow { margin-top: 1.5rem }
        .card, .patients li, .accounts li {
          padding: 1.5rem;
          background: var(--surface);
          border: 1px solid var(--line);
          border-radius: .75rem;
        }
        .card > * + * { margin-top: 1rem }
        .card > * + h3 { margin-top: 1.5rem }
        .card > h2 + h3 { margin-top: 1rem }
        .card > h3 + ul { margin-top: .375rem }
        section > h2 + *, section > ul + *, section > p + * { margin-top: .75rem }
        section > ul + h3 { margin-top: 1.5rem }
        section > .step + h2 { margin-top: 0 }
        section > .step + .patient { margin-top: .375rem }
        .lead { font-size: 1.125rem }
        h1 + .lead { margin-top: -1rem }
        .card > h1 + .lead { margin-top: .25rem }
        .aside, .hint, .step, dt { color: var(--soft) }
        .step { font-size: .9375rem }
        .card > .step + h2 { margin-top: 0 }
        ul { padding-inline-start: 1.25rem }
        li + li { margin-top: .25rem }
        li::marker { color: var(--edge) }
        .plain { padding: 0; list-style: none }

        /* Forms */
        .field { display: grid; grid-template-columns: minmax(0, 1fr); gap: .25rem }
        form > .field + *, form > .wrong + * { margin-top: 1rem }
        label { font-weight: 600 }
        .hint { font-size: .9375rem }
        input:not([type=hidden], [type=checkbox]), select {
          width: 100%;
          min-width: 0;
          min-height: 2.75rem;
          padding: .5rem .75rem;
          border: 2px solid var(--edge);
          border-radius: .375rem;
          background: var(--surface);
          color: inherit;
          font: inherit;
        }
        input[aria-invalid] { border-color: var(--problem-edge) }
        .wrong { color: var(--problem-edge); font-weight: 600 }
        .row { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: .25rem }
        p.row { margin-top: 1rem }
        .row input:not([type=hidden], [type=checkbox]) { flex: 1 12rem; width: auto }
        button, .button {
          display: inline-flex;
          align-items: center;
          justify-content: center;
          min-width: 2.75rem;
          min-height: 2.75rem;
          padding: .5rem 1.25rem;
          border: 2px solid var(--accent);
          border-radius: \(Look.rem(Look.corner));
          background: var(--accent);
          color: var(--on-accent);
          font: inherit;
          font-weight: 600;
          text-align: center;
          text-decoration: none;
          cursor: pointer;
        }
        button:hover, .button:hover { background: var(--accent-deep); border-color: var(--accent-deep) }
        button:focus-visible, .button:focus-visible { border-radius: .5rem }
        .quiet { background: none; color: var(--link) }
        .quiet:hover { background: var(--accent); color: var(--on-accent); border-color: var(--accent) }
        .wide { width: 100% }

        /* Choices: a tick box with its words beside it, and the kinds within below them. */
        fieldset { min-width: 0; margin: 0; padding: 0; border: 0 }
        legend { padding: 0 }
        legend + * { margin-top: .375rem }
        .ticks li {
          display: grid;
          grid-template-columns: auto minmax(0, 1fr);
          align-items: start;
          column-gap: .75rem;
          break-inside: avoid;
        }
        .ticks li + li { margin-top: 0 }
        .ticks label { padding: .625rem 0; font-weight: 400 }
        .columns { columns: 2 20rem; column-gap: 2rem }
        [type=checkbox] { width: 1.5rem; height: 1.5rem; margin: .625rem 0; accent-color: var(--accent) }
        .parts, .within { grid-column: 2; border: 0; padding: 0 0 .5rem }
        input:not(:checked) ~ .parts, input:checked ~ .within { display: none }
        .answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 12rem), 1fr)); gap: 1rem }
        .answers button { min-height: 3.25rem; padding-inline: .75rem; font-size: 1.125rem }

        /* A second factor: its picture, and codes to be written down */
        .qr { display: block; width: min(100%, 15rem); margin: .75rem 0 }
        .steps li + li { margin-top: .75rem }
        .steps code { overflow-wrap: anywhere }
        .codes { columns: 2 10rem; font-size: 1.125rem }

        /* A patient */
        .patient {
          padding: 1rem 1.5rem;
          background: var(--patient);
          color: var(--on-patient);
          border: 2px solid var(--patient);
          border-radius: .75rem;
        }
        .who { font-size: 1.375rem; font-weight: 650; line-height: 1.25 }
        .patient .particulars { margin-top: .5rem }
        .patient dt { color: var(--soft-on-patient) }
        .patient a { color: inherit }
        .change { margin-top: .5rem }
        .change a { display: inline-flex; align-items: center; min-height: 2.75rem }
        .patient :focus-visible { outline-color: currentcolor }
        .particulars { display: flex; flex-wrap: wrap; gap: .25rem 1.75rem }
        .particulars div { display: flex; flex-wrap: wrap; gap: 0 .4rem }
        .particulars dd { font-variant-numeric: tabular-nums }
        .mark {
          display: inline-block;
          padding: 0 .5rem;
          border: 1px solid currentcolor;
          border-radius: .25rem;
          font-size: .875rem;
          font-weight: 600;
        }
        .apps > li + li { margin-top: .75rem }
        .apps h3 { font-size: 1.125rem }
        .patients li, .accounts li {
          display: flex;
          flex-wrap: wrap;
          align-items: center;
          justify-content: space-between;
          gap: .75rem 1.5rem;
          padding: 1rem 1.5rem;
        }
        .patients li > div, .accounts li > div { flex: 1 16rem }
        .patients li + li, .accounts li + li { margin-top: .75rem }
        .patients h3 { font-size: 1.125rem }
        .accounts h2 { font-size: 1.125rem }

        /* Apps */
        .tiles {
          display: grid;
          grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr));
          gap: 1rem;
          margin-top: .75rem;
        }
        .tiles li { margin: 0 }
        .app {
          display: flex;
          flex-direction: column;
          gap: .75rem;
          padding: 1.25rem;
          background: var(--surface);
          border: 1px solid var(--line);
          border-radius: .75rem;
        }
        .app form { margin-top: auto }
        .app button { width: 100% }
        .head { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .75rem; align-items: center }
        .head .wrong { font-size: .9375rem }
        .monogram {
          display: grid;
          place-items: center;
          width: 3rem;
          height: 3rem;
          border: 2px solid var(--accent);
          border-radius: .75rem;
          background: var(--accent);
          color: var(--on-accent);
          font-size: 1.375rem;
          font-weight: 700;
        }
        .monogram::before { content: attr(data-letter) }

        /* What has to be said */
        .problem, .notice, .caution {
          padding: 1rem 1.25rem;
          border: 1px solid var(--edge);
          border-inline-start-width: .375rem;
          border-radius: .375rem;
        }
        .problem { background: var(--problem); border-color: var(--problem-edge) }
        .problem a { color: var(--problem-edge); font-weight: 600 }
        .notice { background: var(--notice); border-color: var(--notice-edge) }
        .caution { background: var(--caution); border-color: var(--caution-edge) }
        .problem > * + *, .notice > * + *, .caution > * + * { margin-top: .375rem }
        .problem h2, .notice h2, .caution h2 { font-size: 1.125rem }
        details { border-top: 1px solid var(--line); padding-top: .5rem }
        summary { padding: .625rem 0; min-height: 2.75rem; color: var(--link); cursor: pointer }
        details dd + dt { margin-top: .5rem }

        @media (max-width: 30rem) {
          h1 { font-size: 1.5rem }
          main { padding-top: 1.25rem; gap: 1.25rem }
          .card, .patients li, .accounts li, .patient { padding: 1rem }
          .account { margin-inline-start: -.75rem }
          .account p { width: 100%; margin-inline-start: .75rem }
          .patients form, .patients .button, .patients button, .row button, .accounts li form, .accounts button {
            width: 100%;
          }
        }
        @media (min-width: 48rem) {
          .patients .particulars {
            display: grid;
            grid-template-columns: repeat(auto-fill, minmax(min(100%, 10rem), 1fr));
            column-gap: 1rem;
            margin-top: .25rem;
          }
          .patients .particulars div { display: block }
          .patients dt { font-size: .875rem }
        }
        @media (prefers-reduced-motion: no-preference) {
          button, .button, a { transition: background-color .12s, border-color .12s }
        }
        @media print {
          :root { color-scheme: light; --ground: #fff }
          .skip, .account button, .answers, .row, details:not([open]) { display: none }
          .card, .patient, .patients li { break-inside: avoid }
        }
        @media (forced-colors: active) {
          .app, .monogram, .problem, .notice, .caution, .patient, .card { border-color: CanvasText }
          .site:not(:has(img))::before { border-color: CanvasText }
          button, .button, .account .quiet { border-color: ButtonBorder }
          .account .quiet:last-child { margin: 0 }
        }

        """

    private static let lightColors: [(name: String, color: String)] = [
        ("ground", Look.ground),
        ("surface", "#fff"),
        ("ink", Look.ink),
        ("soft", "#46575d"),
        ("line", "#cad5d7"),
        ("edge", "#61747a"),
        ("accent", Look.accent),
        ("accent-deep", "#073c47"),
        ("on-accent", "#fff"),
        ("link", "#0b5563"),
        ("focus", "#b1480a"),
        ("patient", "#073c47"),
        ("on-patient", "#fff"),
        ("soft-on-patient", "#c6dde1"),
        ("caution", "#fff4db"),
        ("caution-edge", "#9a6400"),
        ("problem", "#fdeeec"),
        ("problem-edge", Look.problem),
        ("notice", "#e6f1f6"),
        ("notice-edge", Look.notice),
    ]

    /// What differs in the dark.
    private static let darkColors: [(name: String, color: String)] = [
        ("ground", "#0f181b"),
        ("surface", "#17242a"),
        ("ink", "#e7efef"),
        ("soft", "#aebfc3"),
        ("line", "#31444b"),
        ("edge", "#8ba0a6"),
        ("accent", "#66c5d3"),
        ("accent-deep", "#8fd8e3"),
        ("on-accent", "#04242a"),
        ("link", "#84d3df"),
        ("focus", "#ffb86b"),
        ("patient", "#0d4a57"),
        ("soft-on-patient", "#bfdbe0"),
        ("caution", "#2e2611"),
        ("caution-edge", "#e0a93f"),
        ("problem", "#361a19"),
        ("problem-edge", "#ff9a90"),
        ("notice", "#14303c"),
        ("notice-edge", "#78bcdc"),
    ]

    private static func declarations(_ colors: [(name: String, color: String)]) -> String {
        colors.map { "--\($0.name): \($0.color);" }.joined(separator: "\n  ")
    }

    static func colors(_ scheme: Theme.Scheme) -> [String: Color] {
        let colors = scheme == .light ? lightColors : lightColors + darkColors
        return colors.reduce(into: [:]) { $0[$1.name] = Color($1.color) }
    }
}
