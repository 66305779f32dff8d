-- What may stand in the HTML that a workspace has published beside its listings.
begin;
select no_plan();
select tests.two_tenants();

select is(mls.html_fault(html), null, 'good: ' || left(html, 100)) from unnest(array[
  '', 'plain text, 5 > 3 & more', 'Fish &lt; chips &amp; © ''quoted'' "twice"', '<p>Data of <b>{mls}</b>, <i>{as_of}</i>.</p>',
  '<P Title="a b">x<BR/>y<br>z</P><hr />', '<a href="https://mls.example/terms?a=1&amp;b=2" target="_blank" rel="noopener">terms</a>',
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

-- A browser's spaces are tab, line feed, form feed, carriage return and space: any other is part of a name or a value.
select is(array_agg(to_hex(c) || ' ' || n order by c, n) filter (where mls.html_fault(html) is null), null, 'Unicode''s spaces separate nothing')
  from unnest(array[x'85', x'a0', x'1680', x'180e', x'2000', x'2001', x'2002', x'2003', x'2004', x'2005', x'2006', x'2007', x'2008', x'2009', x'200a',
                    x'200b', x'2028', x'2029', x'202f', x'205f', x'3000', x'feff', x'c']::bit(16)[]) b
  cross join lateral (values (b::integer)) v (c)
  cross join lateral unnest(array['<img' || chr(c) || 'src="https://x.example/x">', '<img src' || chr(c) || '="https://x.example/x">',
    '<img src=' || chr(c) || '"https://x.example/x">', '<img src="https://x.example/x"' || chr(c) || '>', '</b' || chr(c) || '>',
    '<img alt=' || chr(c) || '" src=x onerror=alert(1) ">', '<img src="https://x.example/x"' || chr(c) || 'alt="x">']) with ordinality h (html, n);
select ok(mls.html_fault(E'<img\tsrc\r=\n"https://x.example/x"\talt = "x"\n/\n>') is not null, 'a slash is the last of a tag');
select is(mls.html_fault(E'<img\tsrc\r=\n"https://x.example/x"\talt = "x"\n/>'), null, 'HTML''s spaces separate');

-- What a browser would move or end by itself
select is(mls.html_fault(html), null, 'nested: ' || html) from unnest(array[
  '<div><p>x</p><hr><h2>y</h2></div>', '<ul><li>x<ul><li>y</li></ul></li></ul>', '<b><p>x</p></b>', '<blockquote><div><p>x <a href="https://x.example"><b>y</b></a></p></div></blockquote>',
  E'<table>\n<thead><tr> <th>x</th></tr></thead>\n<tbody><tr><td><p>x</p><table><tr><td>y</td></tr></table></td></tr></tbody></table>',
  repeat('<i>', 50) || repeat('</i>', 50)]) html;
select is(mls.html_fault(html), want, html) from (values
  ('<p><div>x</div></p>', '<div> may not stand in <p>, which it would end'), ('<p><p>x</p></p>', '<p> may not stand in <p>, which it would end'),
  ('<p><b><ul></ul></b></p>', '<ul> may not stand in <p>, which it would end'), ('<p>x<hr>y</p>', '<hr> may not stand in <p>, which it would end'),
  ('<h2>x<i><h3>y</h3></i></h2>', '<h3> may not stand in another heading'),
  ('<a href="https://x.example">x<b><a href="https://x.example">y</a></b></a>', '<a> may not stand in another <a>'),
  ('<li>x</li>', '<li> may not stand in nothing'), ('<ul><li>x<li>y</li></li></ul>', '<li> may not stand in <li>'), ('<div><li>x</li></div>', '<li> may not stand in <div>'),
  ('<tr><td>x</td></tr>', '<tr> may not stand in nothing'), ('<div><td>x</td></div>', '<td> may not stand in <div>'),
  ('<table><td>x</td></table>', '<td> may not stand in <table>'), ('<table><tr><td>x<tr></tr></td></tr></table>', '<tr> may not stand in <td>'),
  ('<table><div>x</div></table>', '<div> may not stand in <table>'), ('<table><tr><img src="https://x.example/x"></tr></table>', '<img> may not stand in <tr>'),
  ('<table><tr>x<td></td></tr></table>', 'text in <tr> may stand in its cells alone'), ('<table>&nbsp;</table>', 'text in <table> may stand in its cells alone'),
  (repeat('<i>', 51) || repeat('</i>', 51), 'more than 50 tags stand in each other')) v (html, want);

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
