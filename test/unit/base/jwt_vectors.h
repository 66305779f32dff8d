/* Keys and tokens made once by python3-cryptography 48, another program on OpenSSL: what it signs we must take.
 * The secret is the bytes 0 to 63. */
#pragma once

static const char vector_jwks[] =
	"{\"keys\":[{\"kty\":\"oct\",\"kid\":\"oct\",\"k\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCU"
	"mJygpKissLS4vMDEyMzQ1Njc4OTo7PD0-Pw\"},{\"kty\":\"RSA\",\"kid\":\"rsa\",\"n\":\"3VBO5J4X_j008F3zZKIBKz"
	"bQ-hSTvuD8sEmk8ZmgW20wBlK6X9cm1ctgkAij_zq4tdUTfMIexoS91mlhahladNSA1pbdg7Wp5EBY8GtZgkfw9e44"
	"JQVSTzOztgC2M9YGF8hFpD6jJNVqHNDmDstOX50wZ7Dnd9TCG6hq_sh1L-VP5r1vmZErhMb_qs3XfWfLkCyDeA1mDf"
	"iOVG1DHS5xEi0JkRQVe9eVdgeiW41A2_8xL1DkfD2Ln1Zc3UKdj_ZRdYt__5s7tYgeAIOaPRnUZbUbwGGYz9GCuBom"
	"nqSE5fsQ19z74pmXE78kdDA4LYeTJfmr6W8QwY1aFvnoBGnN6w\",\"e\":\"AQAB\"},{\"kty\":\"EC\",\"kid\":\"P-256\","
	"\"crv\":\"P-256\",\"x\":\"RNtHyIO81Gk0lwezJ-Yy9ENZ6YtxN_H6oySF81mFQ3s\",\"y\":\"gMD7P1-exA8Y-ZsukSG6Y"
	"H6iFjzDvx-jUDtgwdoQ2dM\"},{\"kty\":\"EC\",\"kid\":\"P-384\",\"crv\":\"P-384\",\"x\":\"-8QnYgneFVaPZW0BVTDl"
	"pC6LtsKZsJGWbo7A7JwAvMGgD6eIX8eiqkboYzehkWci\",\"y\":\"QLrK1GP8hqZM7xXu-6wx7SXtB666ZwB08VEvE37"
	"9TVqguUSBAz2M1V9349oEzJ-T\"},{\"kty\":\"EC\",\"kid\":\"P-521\",\"crv\":\"P-521\",\"x\":\"ARFPteMq98TCjstnG"
	"qmYu4S7nRkmLHFn2kTBmERgOVF8rZuZEZo2r7U0Ua_LUIKaUmQyvH8e4ibgXMG23Y-FRsYT\",\"y\":\"Ac9MG6h-qQbX"
	"WLC6b4sJHYk9SJMMV-v59FvSaEXUFEuYa06GlM_WhfDP4g_YKeNg3JhTLlir8IywZ469CgtScHMJ\"},{\"kty\":\"OKP"
	"\",\"kid\":\"ed\",\"crv\":\"Ed25519\",\"x\":\"DKHu1TIUlsJs5r2RNNdqiyc1LQUgtFZGQDgk8sO5SiQ\"}]}";

#define VECTOR_SUB "11111111-2222-3333-4444-555555555555"

static const struct {
	const char *alg, *kid, *token;
} vector_tokens[] = {
	{"HS256", "oct",
		"eyJhbGciOiJIUzI1NiIsImtpZCI6Im9jdCJ9.eyJzdWIiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1N"
		"TU1NTUiLCJyb2xlIjoid2ViIn0.nPj-vXqyDYLeeA7d53IV6XNUCaQzq4HyD1_fm-Zif0o"},
	{"HS384", "oct",
		"eyJhbGciOiJIUzM4NCIsImtpZCI6Im9jdCJ9.eyJzdWIiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1N"
		"TU1NTUiLCJyb2xlIjoid2ViIn0.tS1Q4hZ3qrjT3vWiz3TQnXHGEZgWcCgeKHzvhvJZP-29jzi3nEcw9GfZn34CzpG"
		"T"},
	{"HS512", "oct",
		"eyJhbGciOiJIUzUxMiIsImtpZCI6Im9jdCJ9.eyJzdWIiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1N"
		"TU1NTUiLCJyb2xlIjoid2ViIn0.gYfehZ9_SkkCo3DwXIeP1uA-lUZcm9eBaSho2KzCVZBjpivgXjNtB_OeYGKF-VN"
		"pXQCyPmDJ2tXN95ZuyawR5A"},
	{"RS256", "rsa",
		"eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSJ9.eyJzdWIiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1N"
		"TU1NTUiLCJyb2xlIjoid2ViIn0.ymQTZrNXslha_GdzsgeK6lHZM8jHm48PCyOYGuehDiTL79x0_VaekSBBOPvrFOu"
		"mJEWy0rfIWScK0XRRBID8GvaZEs419H4w2uW8nrRWhHBRBG-jQ02De7kZYyRFnOZ2-LiADzsPCKJ_62cE8RIuUO7ur"
		"eskTtlmn19DApHy9AJXZWLdxKN1or2072oblCjfzfpae49JI2QITsSvizc73yxMOreHXKDG-jtKrXW0bXKSLpDYY3L"
		"YN6a9S_IkkI41TjZ9_vKa9FvbtXc5eAEv4ZiGv6DjEBGNOJKpKXPlE9Seoakas08Rn9o_Db_U54jELR7ZnpBLkiFeI"
		"-Yhl1kZkA"},
	{"RS384", "rsa",
		"eyJhbGciOiJSUzM4NCIsImtpZCI6InJzYSJ9.eyJzdWIiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1N"
		"TU1NTUiLCJyb2xlIjoid2ViIn0.r9C7MEilmRcP0XLjrzSMsM-XkOq-ug5vc2TfMQeN5m9KmMzPGhO0-TNFo7W9Iya"
		"TPJKdg6Zrfr31J5BpRxTxydZw1JtyP7ctNJMNuT2pLCwjWj-BidSOlO0En8KZ7ZPKI2MpVRRJmM5bwCT079BS_CGTc"
		"lNbza0sBvy8hJ3IZasDADMDw4SvDXNcz9Bq2wuqm42AcoAXIPBMCT6Cz1h6isQxJjOltTsDapJxSP5mdOssiRrPUZE"
		"zPbCpLzmDEUZjDrzg3p5odRIW-cj9CGL1CCajIaGY5eNZlMt8j-dqjAl1phlbHA_TnV1-06_4JgnebM61zL55BeyUB"
		"4fTb-brEA"},
	{"RS512", "rsa",
		"eyJhbGciOiJSUzUxMiIsImtpZCI6InJzYSJ9.eyJzdWIiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1N"
		"TU1NTUiLCJyb2xlIjoid2ViIn0.fX0OBQSefXXYfmh0XsgnrRQuRGjmAiwjbLsp1BKUvJBxpqYq4C62wS3F2j0YBbZ"
		"IXLgRBLcJTHrjrpYnAglx877zD3e6_SKa2PIZPComfo89ahFTWiKxbR7zpyEMpwVImNiuz3Dz23K621HUliP4J0s6I"
		"Nh0NMBQiF8ZcPzyGFy77NyAx00vSk9zMQEE7oS1J8MWQZd7NKbQiaCdckwLu1fjgdiUVOdfigQXxSCSg4YfRCAkzHD"
		"0PU_WnseuDApUFPdoUZqmsIVG0ooClDImqZ1jA-gIxtvJGNobX0XapXEW9GVM9WzeBi-ruiT98GbZKXqS_pBmfMozx"
		"tjxgPaLuQ"},
	{"PS256", "rsa",
		"eyJhbGciOiJQUzI1NiIsImtpZCI6InJzYSJ9.eyJzdWIiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1N"
		"TU1NTUiLCJyb2xlIjoid2ViIn0.QUmc8xMJxTYpv9I-45Lo3J7FuG6f5f1zAau0RrLFWAUGoma_3P7A_u5-2kFuhir"
		"-NfCYe4AqDYnUQgos03hjJ1zqFwS29np42X0m8MiQuSiq-DMkmXwi-ELDFB2UgpKy3SEc4ZdREBVyYC9rnIOx9Fo4v"
		"o7VogPMTQQE7jLXMsPNMQbpoCUSJyRMXvbwzy61duqQr3pXUHzUFzB436P65xWnarErzzJGYHNgx0kDV9qsUWsT-JP"
		"z7ieUUt2ocVv2_jqMRDZo2XaL5Lh10LY-yWmsuDqWkOhd7FnpEd0ueuoaUGI4N7YwSSTEdNOdTUHTC_q23HPaza9HO"
		"jyAI3rHaw"},
	{"PS384", "rsa",
		"eyJhbGciOiJQUzM4NCIsImtpZCI6InJzYSJ9.eyJzdWIiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1N"
		"TU1NTUiLCJyb2xlIjoid2ViIn0.L3PUFTzgYDa4mQ-brKEiHcfm7j86T6I_C8uBJdbwWE6WCdS7eOnFXFN9bHZd6gX"
		"1eabVOw8lixhOBw9Sfkmk5ns_2yQ6CHpY1FSZw4CQiFjMUtXYfF3lasAJwCWV-vBd-ImF3Dt1X8YEIAEOxe96PMDhj"
		"KjjAkkWdhW8X5Iub6XuKB8EfRmxm5yH3Egjv-kI4DQve-_V2yDxjIuq1reVg1Vm8CP2XgZG2yGtjRVashFIFNzjVNo"
		"0KdY7o_sclgorkBh0QaP2PvS0GWid33eY1Gf8HS5OmSYkq2Fdrdm_0goRn3HdpaOsr6YJY5usyVqyrShCpdBzKSVgr"
		"k9qDQbmeg"},
	{"PS512", "rsa",
		"eyJhbGciOiJQUzUxMiIsImtpZCI6InJzYSJ9.eyJzdWIiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1N"
		"TU1NTUiLCJyb2xlIjoid2ViIn0.t-BMZ-OMLoPRoJBNdSzYeXuMLrrAQI9gT6pFu8o77UvvJgDot2UcXRkM8KcS3I_"
		"AdZKMYQIQwFKMVqIGJXYUSkVR3-l5st03XETvfApFpeUg--c-6Y3gwulvZyHx3mC_vxv_sfOa9F4mhSK_lOf9Bpv1K"
		"UrXHLmdMJKVwDLhuzFrB4odp8uLSgLIudlYM0rnKIjTTUWrmntre7PHVWmK1EbsDP4LDFxm_vfOP_zSLbdDqy2W-lN"
		"rCX_OW8LesRcyxMcdrMY21gaBMYZ7Y_1zRzPJkdt5K5OxiVMky5gmSxU8e4UekyY4MOoU2lCRQfp6452Qd-Dz2Cuv4"
		"d2IsMBTXQ"},
	{"ES256", "P-256",
		"eyJhbGciOiJFUzI1NiIsImtpZCI6IlAtMjU2In0.eyJzdWIiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NT"
		"U1NTU1NTUiLCJyb2xlIjoid2ViIn0.KUGsgZyzeF6hVGP_MGMHWA1QIhcnSo7yAVK4z0rak2RI_GLoriOZgUbAI86W"
		"XlOeaq-VK_dHE9B-A9vKOqL5yg"},
	{"ES384", "P-384",
		"eyJhbGciOiJFUzM4NCIsImtpZCI6IlAtMzg0In0.eyJzdWIiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NT"
		"U1NTU1NTUiLCJyb2xlIjoid2ViIn0.z2dfqmaueEXoI94w-dl_W9dJBQlxtU2RDup3fdLfDBxET5CyQNccI0ry2nKb"
		"jfQyTOi7yJIl6mk89fPA8GfpBePL1wPL9yBAeatH06j004MuZ8MoYJk_iEGR9seOcmlI"},
	{"ES512", "P-521",
		"eyJhbGciOiJFUzUxMiIsImtpZCI6IlAtNTIxIn0.eyJzdWIiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NT"
		"U1NTU1NTUiLCJyb2xlIjoid2ViIn0.AToms5bRw3lAAXMCk-355xnY6JcXQ29U9tqDUNmJTlbF5RvZ_MwzQSEKGDEe"
		"i5gyGS_9c0Sr425qdTVcD-FxkRQaAf5EaborXWT0cnlHTtuvwS7e0puCxPioHkiTpch8Cd6nsMu38dJNwoWlwxoaxr"
		"HVnZsYzRs917M3Vcebm1p6GKjH"},
	{"EdDSA", "ed",
		"eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIn0.eyJzdWIiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1NT"
		"U1NTUiLCJyb2xlIjoid2ViIn0.QsKz9H3FsH9VNs3NWAjapADGF9HnU1uFYqzeEiDM4RNWAZJhHVsNR8OjUzJA5niz"
		"szDotv5bstktACSMSgJZAg"},
};
