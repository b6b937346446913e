import { hostIsFixed, type Sink } from "./rule-file";

/** Values that must not come from outside, by the function that takes them. */
export const PYTHON_SINKS: readonly Sink[] = [
  {
    rule: "command-injection",
    names: ["exec_command"],
    args: [0],
    request: ["critical", "high"],
    built: ["medium", "low"],
  },
  {
    rule: "code-injection",
    names: ["eval", "exec"],
    callee: /^(?:builtins\.)?(?:eval|exec)$/,
    args: [0],
    request: ["critical", "high"],
    built: ["medium", "medium"],
    dynamic: ["medium", "low"],
    when: (file, { args }, argument) =>
      !/compile\(|\.read\(|__version__|version/.test(file.tree.textOf(argument).slice(0, 200)) &&
      !(args.length > 1 && /__builtins__/.test(file.tree.textOf(args[1] ?? -1))),
  },
  {
    rule: "html-injection",
    names: ["mark_safe", "Markup", "SafeString"],
    args: [0],
    request: ["high", "high"],
    built: ["medium", "medium"],
    dynamic: ["medium", "low"],
    when: (file, _call, argument) =>
      !/escape|bleach|format_html|json\.dumps|clean|render/.test(
        file.tree.textOf(file.flow.resolve(argument)).slice(0, 400),
      ),
  },
  {
    rule: "html-injection",
    names: ["HttpResponse", "HTMLResponse", "make_response"],
    args: [0],
    request: ["high", "medium"],
    when: (file, _call, argument) => /<[a-z!/]/i.test(file.tree.textOf(file.flow.resolve(argument)).slice(0, 400)),
  },
  {
    rule: "template-injection",
    names: ["render_template_string", "from_string"],
    args: [0],
    request: ["critical", "high"],
    built: ["high", "medium"],
  },
  {
    rule: "path-traversal",
    names: ["open", "send_file", "remove", "unlink", "rmtree", "listdir", "Path", "FileResponse", "read_text"],
    callee:
      /^(?:open|io\.open|codecs\.open|os\.(?:open|remove|unlink|listdir)|shutil\.rmtree|(?:flask\.)?send_file|(?:pathlib\.)?Path|FileResponse)$/,
    args: [0],
    request: ["high", "medium"],
  },
  {
    rule: "server-side-request-forgery",
    names: ["get", "post", "put", "delete", "head", "patch", "request", "urlopen", "urlretrieve"],
    callee: /^(?:requests|httpx|urllib\.request|urllib2|session|client|aiohttp|http)\.\w+$|^url(?:open|retrieve)$/,
    args: [0, 1],
    request: ["high", "medium"],
    when: (file, _call, argument) => !hostIsFixed(file, argument) && !file.tree.is(argument, "keyword_argument"),
  },
  {
    rule: "open-redirect",
    names: ["redirect", "HttpResponseRedirect", "RedirectResponse"],
    args: [0],
    request: ["medium", "medium"],
    when: (file, _call, argument) =>
      !hostIsFixed(file, argument) &&
      !/request\.(?:path|full_path|url)\b|is_safe|url_has_allowed|is_allowed/.test(
        file.tree.textOf(file.flow.resolve(argument)).slice(0, 300),
      ),
  },
  {
    rule: "unsafe-deserialisation",
    names: ["loads", "load", "Unpickler"],
    callee: /^(?:c?[pP]ickle|dill|cloudpickle|_pickle|marshal|shelve)\./,
    args: [0],
    request: ["critical", "high"],
    built: ["medium", "medium"],
    dynamic: ["medium", "medium"],
  },
  {
    rule: "unsafe-deserialisation",
    names: ["decode"],
    callee: /^jsonpickle\./,
    args: [0],
    request: ["critical", "high"],
    dynamic: ["high", "medium"],
  },
];
