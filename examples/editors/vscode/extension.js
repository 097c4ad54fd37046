// Starts `interact lsp`, and hands it what is written in *.interact.
"use strict";

const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = async () => {
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? ".";
  const [command, ...args] = workspace
    .getConfiguration("interact")
    .get("command", ["interact", "lsp"])
    .map((part) => part.replace("${workspaceFolder}", folder));
  client = new LanguageClient(
    "interact",
    "Interact",
    { command, args },
    { documentSelector: [{ language: "interact" }] },
  );
  await client.start();
};

exports.deactivate = () => client?.stop();
