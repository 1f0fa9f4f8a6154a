/** Colors, light and dark: text has a contrast of at least 4.5 on any background. */
const COLOURS = `
:root{color-scheme:light dark;--page:#fff;--card:#f6f8fa;--text:#1b1f24;--dim:#57606a;--edge:#c9d1d9;--link:#0550ae;--good:#116329;--bad:#a40e26;--warn:#7d4e00;
--ins:#dafbe1;--del:#ffebe9;font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--page)}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--card:#161b22;--text:#e6edf3;--dim:#9aa4af;--edge:#3d444d;--link:#79b8ff;--good:#57d364;--bad:#ff9b94;--warn:#e3b341;
--ins:#12361f;--del:#4a1418}}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}.dim{color:var(--dim)}
`;

const PICTURES = `
svg text{font:12px system-ui,sans-serif;fill:var(--text)}svg .small{font-size:11px;fill:var(--dim)}svg .name{font-size:13px;font-weight:600}
svg .box{fill:var(--card);stroke:var(--dim)}svg .external .box{stroke-dasharray:5 4}svg .gate .box{stroke-width:3}svg .wire{fill:none;stroke:var(--dim);stroke-width:1.5}svg .loose{stroke-dasharray:4 4}svg .head{fill:var(--dim)}
svg .mark{fill:none;stroke:currentColor;stroke-width:2}svg .full{fill:currentColor;stroke:none}svg .bound{fill:none;stroke:var(--warn);stroke-width:1.5;stroke-dasharray:6 4}svg .course{fill:none;stroke:var(--dim);stroke-width:1.5}svg .axis{stroke:var(--edge)}
svg .tone{fill:currentColor}svg .changed .box{stroke:currentColor;stroke-width:2.5}
`;

/** Style of a standalone picture. */
export const PICTURE_STYLE: string = COLOURS + PICTURES;

/** Style of every page: light, dark and print; from 320 px up. Marks have a sign or a shape in addition to their color. */
export const STYLE: string = `${COLOURS}
*{box-sizing:border-box}body{margin:0 auto;padding:1rem;max-width:90rem}@media (min-width:700px){body{padding:1.5rem 2rem}}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .5rem;overflow-wrap:anywhere}h2{font-size:1.15rem;margin:2.5rem 0 .75rem;padding-bottom:.3rem;border-bottom:1px solid var(--edge)}
p,ul{margin:.5rem 0}a{color:var(--link)}nav a{margin-right:1rem}
code,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.85em;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}[hidden]{display:none!important}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.badges{display:flex;flex-wrap:wrap;gap:.4rem;margin:.75rem 0;padding:0;list-style:none}.badges li,.badge{border:1px solid currentColor;border-radius:1rem;padding:0 .65rem;white-space:nowrap;font-size:.9rem}
.problems{border-left:4px solid var(--bad);background:var(--card);padding:.5rem .75rem .5rem 1.75rem;overflow-wrap:anywhere}
.filters{display:flex;flex-wrap:wrap;gap:.5rem 1.25rem;align-items:end;margin:.75rem 0;font-size:.9rem}.words{flex:1 1 16rem;max-width:30rem}
.filters input[type=search]{display:block;width:100%;font:inherit;padding:.35rem .6rem;color:var(--text);background:var(--page);border:1px solid var(--dim);border-radius:.4rem}
::placeholder{color:var(--dim);opacity:1}fieldset{border:0;margin:0;padding:0;min-width:0}legend{padding:0;font-weight:600}fieldset label{display:inline-block;margin-right:.6rem}
.folds{flex-basis:100%}button{font:inherit;color:var(--text);background:var(--card);border:1px solid var(--dim);border-radius:.4rem;padding:.15rem .7rem;cursor:pointer}output{margin-left:.5rem;color:var(--dim)}
details.group{border:1px solid var(--edge);border-radius:.5rem;margin:.5rem 0}summary{cursor:pointer;padding:.4rem .75rem;overflow-wrap:anywhere}
details.group>summary{background:var(--card);border-radius:.5rem;font-weight:600}summary .dim{font-weight:400}
.entry{margin:0 .75rem;padding:.15rem 0;border-top:1px solid var(--edge)}.entry:first-of-type{border-top:0}.entry summary,.entry>p{padding:.25rem 0;margin:0}.entry>p{padding-left:1.05rem;overflow-wrap:anywhere}
.sign{display:inline-block;min-width:1.1em;font-family:ui-monospace,monospace;font-weight:700;text-align:center}
.fields{margin:0 0 .6rem 1.05rem}.fields dt{margin-top:.35rem}.fields dd{margin:0}
ins,del{display:block;text-decoration:none;white-space:pre-wrap;padding:.05rem .5rem;color:var(--text)}ins{background:var(--ins)}del{background:var(--del)}ins+ins,del+del{border-top:1px solid var(--edge)}
.scroll{overflow:auto;max-height:85vh;border:1px solid var(--edge);border-radius:.5rem}.scroll>svg{display:block;margin:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;vertical-align:top;padding:.4rem .7rem;border-bottom:1px solid var(--edge)}tr:last-child>*{border-bottom:0}
thead th{position:sticky;top:0;background:var(--card)}tbody th{font-weight:400;min-width:12rem;overflow-wrap:anywhere}td{overflow-wrap:anywhere;min-width:8rem}td.wide{min-width:14rem}
.matrix th[scope=row]{min-width:15rem;width:38%}.matrix td{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.765rem}.matrix td.dim,.matrix td[data-label=because]{font-family:inherit;font-size:inherit}.matrix td[data-label=because]{min-width:14rem}.matrix small{color:var(--dim);font-size:inherit}
.matrix i{display:inline-block;width:1.1em;overflow:hidden;white-space:nowrap;text-indent:2em;vertical-align:bottom;position:relative}.matrix i::before{position:absolute;left:0;text-indent:0;font:700 1em ui-monospace,monospace}
[data-kind=undeclared] i::before{content:'!';color:var(--bad)}[data-kind=declared] i::before{content:'~';color:var(--warn)}[data-kind=equal] i::before{content:'=';color:var(--dim)}
.panels{display:flex;flex-wrap:wrap;gap:1rem;margin:0 0 1rem}figure{margin:0;min-width:0;max-width:100%}figcaption{margin-bottom:.3rem;width:0;min-width:100%;overflow-wrap:anywhere}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;list-style:none;font-size:.9rem}.legend svg,table svg{vertical-align:-.2em;margin-right:.35em}
${PICTURES}
@media screen and (max-width:600px){.scroll:has(table){max-height:none;border:0}thead{display:none}table,tbody,tr,tbody th,td,td.wide,.matrix th[scope=row]{display:block;width:auto;min-width:0}
tr{padding:.5rem 0;border-bottom:1px solid var(--edge)}tbody tr>*{border:0;padding:.1rem 0}td:empty{display:none}td::before{content:attr(data-label) ': ';color:var(--dim);font-family:system-ui,sans-serif}td ul{display:inline-block;vertical-align:top;margin:0}}
@media print{:root{color-scheme:light;--page:#fff;--card:#fff;--text:#000;--dim:#444;--edge:#bbb;--link:#000;--good:#116329;--bad:#a40e26;--warn:#7d4e00;--ins:#e6f6e9;--del:#fdeceb;font-size:11px}
body{max-width:none;padding:0}.filters,nav{display:none}.scroll{overflow:visible;max-height:none;border:0}thead th{position:static}details.group,tr,figure{break-inside:avoid-page}}
`;
