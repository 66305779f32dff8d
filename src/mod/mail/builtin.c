#include "mod/mail/builtin.h"

#include <stddef.h>

/* What all of them look like: a heading, a sentence, a button or a code, and a word to whom it does not concern. Mail programs know
 * tables and inline styles only. */
#define PAGE(heading, body, concern)                                                                                                               \
	"<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>" heading                                                       \
	"</title></head>\n"                                                                                                                        \
	"<body style=\"margin:0;padding:24px;background:#f4f4f2;font-family:Helvetica,Arial,sans-serif;color:#222\">\n"                            \
	"<table role=\"presentation\" style=\"max-width:520px;margin:0 auto;background:#fff;border-radius:8px\"><tr><td style=\"padding:32px\">\n" \
	"<h1 style=\"font-size:20px;margin:0 0 16px\">" heading "</h1>\n" body                                                                     \
	"<p style=\"margin:24px 0 0;font-size:13px;color:#666\">" concern "</p>\n"                                                                 \
	"</td></tr></table>\n</body>\n</html>\n"
#define PARAGRAPH(words) "<p style=\"margin:0 0 24px;line-height:1.5\">" words "</p>\n"
#define BUTTON(words)                                                                                                     \
	"<p style=\"margin:0 0 24px\"><a href=\"{{ .ConfirmationURL }}\" style=\"display:inline-block;padding:12px 20px;" \
	"background:#1f5f4a;color:#fff;text-decoration:none;border-radius:6px\">" words                                   \
	"</a></p>\n"
#define CODE \
	"<p style=\"margin:0;font-size:24px;letter-spacing:4px\"><strong>{{ .Token }}</strong></p>\n"
#define OR_CODE "{{ if .Token }}" PARAGRAPH("Or enter this code:") CODE "{{ end }}"

#define LINK_TEXT \
	"\n\n{{ .ConfirmationURL }}\n{{ if .Token }}\nOr enter this code: {{ .Token }}\n{{ end }}\n"
#define IGNORE "If you did not ask for this, you need not do anything."

#define WELCOME "Welcome. One step is left: confirm that {{ .Email }} is your address."
#define RECOVER "Somebody, we hope you, asked to set a new password for {{ .Email }}."
#define MAGIC "This link signs you in as {{ .Email }}. It works once."
#define INVITED                                                                                   \
	"{{ if .Data.inviter }}{{ .Data.inviter }} invites you{{ else }}You are invited{{ end }}" \
	"{{ if .Data.workspace }} to {{ .Data.workspace }}{{ end }}. Accept to make your login."
#define CHANGE_NEW \
	"Confirm that the login {{ .Email }} shall have this address, {{ .NewEmail }}, from now on."
#define CHANGE_OLD \
	"The address of your login shall become {{ .NewEmail }}. Confirm it from here, where your mail arrives today."
#define REAUTHENTICATE "Enter this code to confirm that it is you:"

/* What a saved search or a favourite has to tell (mod/alerts): what must stand beside each listing, and below them all, is in the data. */
#define IF(name, words) "{{ if " name " }}" words "{{ end }}"
#define SMALL "font-size:13px;color:#666"
#define ALERT_PRICE                                                            \
	IF(".price", "<strong style=\"font-size:18px\">{{ .price }}</strong>") \
	IF(".was", " <span style=\"color:#888\"><s>{{ .was }}</s></span>")
#define ALERT_FACTS                   \
	IF(".beds", "{{ .beds }} bd") \
	IF(".baths", " · {{ .baths }} ba") IF(".size", " · {{ .size }}")
#define ALERT_OFFICE                             \
	IF(".office", "Listed by {{ .office }}") \
	IF(".contact", ", {{ .contact }}") IF(".source", " · {{ .source }}")
#define ALERT_LISTING                                                                                                                                                                                                                                           \
	"<table role=\"presentation\" style=\"width:100%;margin:0 0 24px;border-top:1px solid #e5e5e2\"><tr><td style=\"padding:16px 0 0\">\n" IF(                                                                                                              \
		".photo",                                                                                                                                                                                                                                       \
		"<a href=\"{{ .url }}\"><img src=\"{{ .photo }}\" alt=\"\" width=\"456\" style=\"width:100%;max-width:456px;border-radius:6px\"></a>\n") "<p style=\"margin:8px 0 0;line-height:1.5\"><span style=\"" SMALL "\">{{ .label }}" IF(".old_status", \
		": {{ .old_status }} →") IF(".status",                                                                                                                                                                                                          \
		" {{ .status }}") "</span><br>\n" ALERT_PRICE "<br>\n" ALERT_FACTS                                                                                                                                                                              \
				  "<br>\n<a href=\"{{ .url }}\" style=\"color:#1f5f4a\">{{ .place }}</a><br>\n" ALERT_OFFICE                                                                                                                                    \
					  IF(".searches",                                                                                                                                                                                                       \
						  "<br>\n<span style=\"" SMALL                                                                                                                                                                                  \
						  "\">{{ .searches }}</span>") "</p>\n</td></tr></table>\n"
#define ALERT_NOTICE                                                                  \
	"<p style=\"margin:24px 0 0;" SMALL "\">{{ .Data.notice.attribution }}</p>\n" \
	"<p style=\"margin:8px 0 0;" SMALL "\">{{ .Data.notice.disclaimer }}</p>\n"   \
	"<p style=\"margin:8px 0 0;" SMALL                                            \
	"\">{{ .Data.notice.brokerage }}" IF(".Data.notice.contact",                  \
		", {{ .Data.notice.contact }}")                                       \
		IF(".Data.notice.copyright", " · {{ .Data.notice.copyright }}")       \
			IF(".Data.notice.as_of", " · {{ .Data.notice.as_of }}") "</p>\n"
#define ALERT_STOP                                                                                                                                              \
	"{{ range .Data.searches }}" IF(".unsubscribe_url",                                                                                                     \
		"<a href=\"{{ .unsubscribe_url }}\" style=\"color:#666\">No more mails of “{{ .name }}”</a><br>\n") "{{ end }}" IF(".Data.unsubscribe_all_url", \
		"<a href=\"{{ .Data.unsubscribe_all_url }}\" style=\"color:#666\">No more mails of any search or favorite</a>")
#define ALERT_MORE IF(".Data.more", "And {{ .Data.more }} more: {{ .Data.site_url }}")
#define ALERT_UNTOLD(words)                      \
	"{{ range .Data.searches }}" IF(".more", \
		"And {{ .more }} more of “{{ .name }}”: " words) "{{ end }}"
#define ALERT_TEXT                                                                                                                                                 \
	"{{ .Data.subject }}\n{{ range .Data.listings }}\n{{ .label }}" IF(".old_status",                                                                          \
		": {{ .old_status }} →") IF(".status", " {{ .status }}") "\n" IF(".price",                                                                         \
		"{{ .price }}") IF(".was",                                                                                                                         \
		" (was {{ .was }})") "\n" ALERT_FACTS "\n{{ .place }}\n" ALERT_OFFICE                                                                              \
		IF(".searches", "\n{{ .searches }}") "\n{{ .url }}\n{{ end }}\n" ALERT_MORE "\n" ALERT_UNTOLD(                                                     \
			"{{ .url }}\n") "\n{{ .Data.notice.attribution }}\n{{ .Data.notice.disclaimer }}\n{{ .Data.notice.brokerage }}" IF(".Data.notice.contact", \
			", {{ .Data.notice.contact }}") IF(".Data.notice.copyright",                                                                               \
			" · {{ .Data.notice.copyright }}") IF(".Data.notice.as_of",                                                                                \
			" · {{ .Data.notice.as_of }}") "\n\n{{ range .Data.searches }}" IF(".unsubscribe_url",                                                     \
			"No more mails of “{{ .name }}”: {{ .unsubscribe_url }}\n") "{{ end }}" IF(".Data.unsubscribe_all_url",                                    \
			"No more mails of any search or favorite: {{ .Data.unsubscribe_all_url }}\n")

const struct builtin_template builtin_templates[] = {
	{"confirmation", "Confirm your address", WELCOME LINK_TEXT IGNORE "\n",
		PAGE("Confirm your address", PARAGRAPH(WELCOME) BUTTON("Confirm") OR_CODE, IGNORE)},
	{"recovery", "Set a new password",
		RECOVER LINK_TEXT IGNORE " Your password stays as it is.\n",
		PAGE("Set a new password",
			PARAGRAPH(RECOVER) BUTTON("Choose a new password") OR_CODE,
			IGNORE " Your password stays as it is.")},
	{"magiclink", "Your link to sign in", MAGIC LINK_TEXT IGNORE "\n",
		PAGE("Your link to sign in", PARAGRAPH(MAGIC) BUTTON("Sign in") OR_CODE, IGNORE)},
	{"invite", "You are invited",
		INVITED LINK_TEXT
		"If you do not know what this is about, you need not do anything.\n",
		PAGE("You are invited", PARAGRAPH(INVITED) BUTTON("Accept the invitation") OR_CODE,
			"If you do not know what this is about, you need not do anything.")},
	{"email_change", "Confirm your new address", CHANGE_NEW LINK_TEXT IGNORE "\n",
		PAGE("Confirm your new address",
			PARAGRAPH(CHANGE_NEW) BUTTON("Confirm this address") OR_CODE, IGNORE)},
	{"email_change_current", "Confirm the change of your address",
		CHANGE_OLD LINK_TEXT "If it was not you, change your password now.\n",
		PAGE("Confirm the change of your address",
			PARAGRAPH(CHANGE_OLD) BUTTON("Confirm the change") OR_CODE,
			"If it was not you, change your password now.")},
	{"reauthentication", "Your code",
		REAUTHENTICATE "\n\n{{ .Token }}\n\nIf it was not you, change your password now.\n",
		PAGE("Your code", PARAGRAPH(REAUTHENTICATE) CODE,
			"If it was not you, change your password now.")},
	{"search_alert", "{{ .Data.subject }}", ALERT_TEXT,
		PAGE("{{ .Data.subject }}",
			"{{ range .Data.listings }}" ALERT_LISTING "{{ end }}"
			"<p style=\"margin:0\">" ALERT_MORE
			"</p>\n<p style=\"margin:8px 0 0\">" ALERT_UNTOLD(
				"<a href=\"{{ .url }}\" style=\"color:#1f5f4a\">open the search</a><br>\n") "</p>\n" ALERT_NOTICE,
			ALERT_STOP)},
	{0},
};

const struct builtin_template *builtin_template(struct str name)
{
	for (const struct builtin_template *t = builtin_templates; t->name; t++)
		if (str_eq(str_of(t->name), name))
			return t;
	return NULL;
}
