import type { Fixture } from "./fixture";

const inside = (body: string, imports = "") =>
  `${imports}\nclass A {\n  void f(HttpServletRequest request, String name) throws Exception {\n    ${body}\n  }\n}\n`;

export const JAVA_FIXTURES: readonly Fixture[] = [
  {
    rule: "command-injection",
    bad: [
      inside('Runtime.getRuntime().exec("ls " + name);'),
      inside('Runtime.getRuntime().exec(request.getParameter("c"));'),
      inside('new ProcessBuilder("sh", "-c", "ls " + name).start();'),
    ],
    good: [
      inside('Runtime.getRuntime().exec("ls");'),
      inside('new ProcessBuilder("ls", name).start();'),
      inside('executor.exec("a" + name);'),
    ],
  },
  {
    rule: "code-injection",
    bad: [inside('engine.eval("f(" + name + ")");'), inside('Class.forName(request.getParameter("c"));')],
    good: [inside('engine.eval("1 + 1");'), inside("Class.forName(name);")],
  },
  {
    rule: "sql-injection",
    bad: [
      inside('st.executeQuery("SELECT a FROM b WHERE c = \'" + name + "\'");'),
      inside('String q = "DELETE FROM a WHERE b = " + request.getParameter("b");\n    st.execute(q);'),
      inside("em.createQuery(String.format(\"SELECT u FROM User u WHERE u.n = '%s'\", name));"),
    ],
    good: [
      inside('c.prepareStatement("SELECT a FROM b WHERE c = ?");'),
      inside('final String T = "b";\n    st.executeQuery("SELECT a FROM " + T);'),
      inside('map.update("key" + name);'),
    ],
  },
  {
    rule: "html-injection",
    bad: [inside('response.getWriter().println("<p>" + request.getParameter("q"));')],
    good: [
      inside('response.getWriter().println("<p>ok</p>");'),
      inside('response.getWriter().println(Encode.forHtml(request.getParameter("q")));'),
    ],
  },
  {
    rule: "path-traversal",
    bad: [
      inside('new File(dir, request.getParameter("f"));'),
      'class C {\n  @GetMapping void g(@PathVariable String file) { Paths.get("/data", file); }\n}\n',
    ],
    good: [
      inside("new File(dir, name);"),
      inside(
        'File f = new File(dir, request.getParameter("f"));\n    if (!f.getCanonicalPath().startsWith(dir)) throw new Exception();',
      ),
      'class C {\n  void g(@PathVariable Long id) { Paths.get("/data", "x"); }\n}\n',
    ],
  },
  {
    rule: "archive-extraction",
    bad: [inside("ZipEntry entry = zip.getNextEntry();\n    File out = new File(dir, entry.getName());")],
    good: [
      inside(
        "ZipEntry entry = zip.getNextEntry();\n    File out = new File(dir, entry.getName());\n    if (!out.getCanonicalPath().startsWith(root)) throw new Exception();",
      ),
    ],
  },
  {
    rule: "server-side-request-forgery",
    bad: [
      inside('new URL(request.getParameter("u")).openStream();'),
      "class C {\n  String g(@RequestParam String url) { return restTemplate.getForObject(url, String.class); }\n}\n",
    ],
    good: [inside('new URL("https://a.org/" + request.getParameter("id"));'), inside("new URL(name);")],
  },
  {
    rule: "open-redirect",
    bad: [inside('response.sendRedirect(request.getParameter("next"));')],
    good: [
      inside('response.sendRedirect("/home");'),
      inside('response.sendRedirect("/u/" + request.getParameter("id"));'),
    ],
  },
  {
    rule: "tls-verification-off",
    bad: [
      "class T implements X509TrustManager {\n  public void checkServerTrusted(X509Certificate[] c, String a) {}\n}\n",
      inside("b.setSSLHostnameVerifier(NoopHostnameVerifier.INSTANCE);"),
      inside("HttpsURLConnection.setDefaultHostnameVerifier((h, s) -> true);"),
    ],
    good: [
      "class T implements X509TrustManager {\n  public void checkServerTrusted(X509Certificate[] c, String a) { delegate.checkServerTrusted(c, a); }\n}\n",
      inside("b.setSSLHostnameVerifier(new DefaultHostnameVerifier());"),
    ],
  },
  {
    rule: "weak-tls",
    bad: [inside('SSLContext.getInstance("SSLv3");')],
    good: [inside('SSLContext.getInstance("TLSv1.2");'), inside('SSLContext.getInstance("TLS");')],
  },
  {
    rule: "weak-password-hash",
    bad: [
      'class A {\n  byte[] hashPassword(String password) throws Exception { return MessageDigest.getInstance("MD5").digest(password.getBytes()); }\n}\n',
    ],
    good: [inside('MessageDigest.getInstance("MD5").digest(body);'), inside('MessageDigest.getInstance("SHA-256");')],
  },
  {
    rule: "weak-cipher",
    bad: [
      inside('Cipher.getInstance("DES/CBC/PKCS5Padding");'),
      inside('Cipher.getInstance("AES/ECB/PKCS5Padding");'),
      inside('Cipher.getInstance("AES");'),
    ],
    good: [inside('Cipher.getInstance("AES/GCM/NoPadding");')],
  },
  {
    rule: "weak-random",
    bad: [
      inside("String token = String.valueOf(Math.random());"),
      inside("int resetCode = new Random().nextInt(9999);"),
    ],
    good: [inside("double x = Math.random();"), inside("byte[] token = new SecureRandom().generateSeed(9);")],
  },
  {
    rule: "jwt-unverified",
    bad: [inside("JWT.create().sign(Algorithm.none());")],
    good: [inside("JWT.create().sign(algorithm);"), inside("stream.none();")],
  },
  {
    rule: "hard-coded-signing-key",
    bad: [
      inside('Algorithm.HMAC256("secret");'),
      inside('String key = "abcd";\n    Jwts.builder().signWith(alg, key);'),
    ],
    good: [inside("Algorithm.HMAC256(config.key());"), inside("Jwts.builder().signWith(key);")],
  },
  {
    rule: "unsafe-deserialisation",
    bad: [inside("new ObjectInputStream(in).readObject();"), inside("mapper.enableDefaultTyping();")],
    good: [
      inside(
        'ObjectInputStream s = new ObjectInputStream(in);\n    s.setObjectInputFilter(ObjectInputFilter.Config.createFilter("a.*"));',
      ),
      inside("mapper.readValue(in, A.class);"),
    ],
  },
  {
    rule: "cors-with-credentials",
    bad: [inside('config.addAllowedOrigin("*");\n    config.setAllowCredentials(true);')],
    good: [inside('config.addAllowedOrigin("https://a.org");\n    config.setAllowCredentials(true);')],
  },
  {
    rule: "cookie-flags",
    bad: [inside('Cookie c = new Cookie("session", id);\n    response.addCookie(c);')],
    good: [
      inside('Cookie c = new Cookie("session", id);\n    c.setHttpOnly(true);\n    c.setSecure(true);'),
      inside('Cookie c = new Cookie("theme", "dark");'),
    ],
  },
  {
    rule: "xml-external-entities",
    bad: [
      inside("DocumentBuilderFactory.newInstance().newDocumentBuilder();"),
      inside("XMLInputFactory.newFactory();"),
    ],
    good: [
      inside(
        'DocumentBuilderFactory f = DocumentBuilderFactory.newInstance();\n    f.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);',
      ),
      inside("Foo.newInstance();"),
    ],
  },
  {
    rule: "csrf-protection-off",
    bad: [inside("http.csrf().disable();"), inside("http.csrf(AbstractHttpConfigurer::disable);")],
    good: [inside("http.csrf(c -> c.csrfTokenRepository(r));"), inside("http.cors().disable();")],
  },
  {
    rule: "regex-denial-of-service",
    bad: [inside(String.raw`Pattern.compile("^(\\w+\\s?)*$");`)],
    good: [inside(String.raw`Pattern.compile("^(?:\\w+\\.)*\\w+$");`)],
  },
];
