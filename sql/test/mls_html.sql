-- What may stand in the HTML that a workspace has published beside its listings.
begin;
select no_plan();
select tests.two_tenants();

select is(mls.html_fault(html), null, 'good: ' || left(html, 100)) from unnest(array[
  '', 'plain text, 5 > 3 & more', 'Fish &lt; chips &amp; © ''quoted'' "twice"', '<p>Data of <b>{mls}</b>, <i>{as_of}</i>.</p>',
  '<P Title="a b">x<BR/>y<br>z<hr /></P>', '<a href="https://mls.example/terms?a=1&amp;b=2" target="_blank" rel="noopener">terms</a>',
  '<a href=''mailto:ask@mls.example''>ask</a>', '<a  href = "HTTP://mls.example">x</a >', '<img src="https://mls.example/logo.png" alt="MLS" width="80" height="20">',
  '<ul><li>one</li><li>two <strong>and</strong></li></ul>', '<table><tbody><tr><td>x</td></tr></tbody></table>', E'<p\ntitle="x">\n</p>',
  '<a href="https://mls.example/{mls}">x</a>', '<span title="javascript:x onclick=y">z</span>', repeat('a', 20000)]) html;

select ok(mls.html_fault(html) is not null, 'bad: ' || left(html, 100)) from unnest(array[
  '<script>alert(1)</script>', '<SCRIPT SRC=https://x.example/x.js></SCRIPT>', '<scr<script>ipt>', '<script', '<script >', '</script>', '<script/>',
  '<style>*{display:none}</style>', '<iframe src="https://x.example"></iframe>', '<object data="x"></object>', '<embed src="x">', '<svg onload="x"></svg>',
  '<math><a href="javascript:x">y</a></math>', '<form action="https://x.example"><input></form>', '<base href="https://x.example/">', '<link rel="stylesheet" href="https://x">',
  '<meta http-equiv="refresh" content="0">', '<template></template>', '<noscript></noscript>', '<body>', '<html>', '<xmp>', '<plaintext>', '<font size="9">x</font>',
  '<b onclick="x">y</b>', '<b ONMOUSEOVER="x">y</b>', '<b style="position:fixed">y</b>', '<b class="x">y</b>', '<b id="x">y</b>', '<p src="https://x.example">x</p>',
  '<img src="https://x.example/x" onerror="x">', '<img src=x onerror=x>', '<img/src="https://x.example"/onerror="x">', '<img src="data:image/svg+xml,x">',
  '<img src="javascript:x">', '<img src="//x.example/x">', '<img src="x.png">', '<img srcset="https://x.example/x 2x">',
  '<a href="javascript:alert(1)">x</a>', '<a href="JaVaScRiPt:alert(1)">x</a>', '<a href=" javascript:alert(1)">x</a>', E'<a href="java\tscript:alert(1)">x</a>',
  '<a href="java&#115;cript:alert(1)">x</a>', '<a href="&#x6A;avascript:x">x</a>', '<a href="vbscript:x">x</a>', '<a href="data:text/html,x">x</a>',
  '<a href="/rest/v1/x">x</a>', '<a href="//x.example">x</a>', '<a href="{mls}">x</a>', '<a href="https://{mls}">x</a>', '<a href="https:x">x</a>', '<a href="">x</a>', '<a href>x</a>', '<a href=https://x.example>x</a>',
  '<a href="https://x.example" href="javascript:x">x</a>', '<a href="https://x.example>x</a>', '<a href=`https://x`>x</a>', '<a xlink:href="https://x">x</a>',
  '<a href="https://x.example""onclick="x">x</a>', '<a href="https://x.example"onclick="x">x</a>', '<a title="<" href="https://x.example">x</a>', '<a title=">" href="https://x.example">x</a>',
  '<!-- x -->', '<!--[if IE]><script>x</script><![endif]-->', '<![CDATA[x]]>', '<!doctype html>', '<?php x ?>', '<>', '< b>x</b>', 'a < b', '<', 'x<b', '</b', '<b:c>x</b:c>', '<x-y></x-y>',
  '</div>', '<b>x', '<b><i>x</b></i>', '<p>x</p></p>', '<div/>', '</br>', '</img>', '<b>x</b title="y">', E'x\x01y', E'<scr\x0bipt>', repeat('a', 20001)]) html;

select is(mls.html_fault(html), want) from (values
  ('<script>', '<script> may not be in it'), ('<b onclick="x">', '<b> may have no onclick'), ('<p><b>x</b>', '<p> is not closed'), ('x</P>', '</p> closes nothing'),
  ('<a href="javascript:x">', 'a link begins with https://, http:// or mailto:, not javascript:x'),
  ('a < b', '< b is no tag that can be read: values stand in quotes, and < itself is &lt;')) v (html, want);

-- Held for whoever writes it.
select tests.expect(who, format('update mls.compliance_profiles set %s = %L where workspace_id = tests.ws(''a'')', field, html), want)
  from (values ('a_admin', '<b>x</b>', '1'), ('a_admin', '<script>x</script>', 'PT400'), ('a_agent', '<b>x</b>', '0'), ('a_client', '<b>x</b>', '0'),
               ('service', '<script>x</script>', 'PT400'), ('worker', '<i onclick="x">', 'PT400')) v (who, html, want),
       unnest(array['attribution_html', 'disclaimer_html']) field;
select tests.expect('worker', $$ insert into mls.compliance_profiles (workspace_id, disclaimer_html) values (tests.ws('a'), '<script>') $$, 'PT400 disclaimer_html: <script> may not be in it',
                    'a new profile', $$ delete from mls.compliance_profiles $$);

-- What stood there before
select is(mls.html_fault(mls.html_of_text(html)), null, 'as text it is good: ' || html) from unnest(array['<script>x</script>', 'a < b & c', E'\x01', repeat('<', 20001)]) html;
select is(mls.html_of_text('<b onclick="x">&amp;'), '&lt;b onclick="x"&gt;&amp;amp;', 'the text that it is');

select * from finish();
rollback;
