import { autocompletion, closeBrackets, closeBracketsKeymap, type CompletionContext, type CompletionResult, completionKeymap, startCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import type { JsonSchema, Problem } from "../api/types";
import { ProblemList } from "./Problem";
import { keyOf, keysAt, pathAt, schemasAt, siblings, valuesAt } from "./schema";
import classes from "./YamlEditor.module.css";

const look = EditorView.theme({
    "&": { backgroundColor: "transparent", color: "var(--mantine-color-text)", fontSize: "0.8125rem" },
    "&.cm-focused": { outline: "none" },
    ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", lineHeight: "1.5" },
    ".cm-content": { caretColor: "var(--rw-accent)", padding: "8px 0" },
    ".cm-cursor": { borderLeftColor: "var(--rw-accent)", borderLeftWidth: "2px" },
    ".cm-gutters": { backgroundColor: "transparent", color: "var(--mantine-color-dimmed)", border: "none" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--rw-accent) 7%, transparent)" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--rw-accent) 24%, transparent)" },
    ".cm-tooltip": { backgroundColor: "var(--mantine-color-body)", border: "1px solid var(--rw-line-strong)", borderRadius: "6px", boxShadow: "var(--mantine-shadow-md)", overflow: "hidden" },
    ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.75rem" },
    ".cm-tooltip-autocomplete > ul > li": { padding: "2px 8px" },
    ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--rw-selected)", color: "var(--mantine-color-text)" },
    ".cm-completionInfo": { padding: "6px 10px", maxWidth: "340px", fontSize: "0.8125rem" },
    ".cm-panels": { backgroundColor: "var(--rw-panel)", color: "var(--mantine-color-text)" },
    ".cm-diagnostic": { padding: "4px 10px", fontSize: "0.8125rem" },
    ".cm-foldPlaceholder": { backgroundColor: "var(--rw-panel-strong)", border: "none", color: "var(--mantine-color-dimmed)" },
});

const ink = HighlightStyle.define([
    { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "light-dark(#3d3a9c, #b3b1f7)" },
    { tag: [tags.string, tags.special(tags.string)], color: "light-dark(#17663a, #86d9a6)" },
    { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "light-dark(#a14a00, #f2b880)" },
    { tag: [tags.comment, tags.lineComment], color: "light-dark(#66707d, #8b94a1)", fontStyle: "italic" },
    { tag: [tags.punctuation, tags.separator, tags.meta], color: "var(--mantine-color-dimmed)" },
]);

const common: Extension[] = [look, syntaxHighlighting(ink), yaml(), indentUnit.of("  ")];

function allLines(state: EditorState): string[] {
    return state.doc.toString().split("\n");
}

function complete(schema: () => JsonSchema | undefined) {
    return (context: CompletionContext): CompletionResult | null => {
        const root = schema();
        if (!root) return null;
        const line = context.state.doc.lineAt(context.pos);
        const before = line.text.slice(0, context.pos - line.from);
        if (/(^|\s)#/.test(before)) return null;
        const lines = allLines(context.state);
        const row = line.number - 1;
        const pair = keyOf(line.text);
        if (pair && context.pos - line.from >= pair.valueFrom) {
            const path = [...pathAt(lines, row, pair.from), pair.key];
            const typed = /\s*(\S*)$/.exec(before.slice(pair.valueFrom))?.[1] ?? "";
            const values = valuesAt(root, path);
            return values.length > 0 ? { from: context.pos - typed.length, options: values.map((label) => ({ label, type: "constant", apply: before.endsWith(":") ? ` ${label}` : label })) } : null;
        }
        const typed = /[\w-]*$/.exec(before)?.[0] ?? "";
        if (!typed && !context.explicit) return null;
        const dashes = /^\s*(?:-\s+)*/.exec(before)?.[0] ?? "";
        if (dashes.length + typed.length !== before.length) return null;
        const path = pathAt(
            lines.map((text, i) => (i === row ? `${dashes}x:` : text)),
            row,
            dashes.length,
        );
        const taken = siblings(lines, row, dashes.length);
        const options = keysAt(root, path)
            .filter((key) => !taken.has(key.name))
            .map((key) => ({
                label: key.name,
                type: "property",
                detail: key.required ? "required" : undefined,
                info: key.description,
                boost: key.required ? 10 : 0,
                apply: `${key.name}:${key.shape === "scalar" ? " " : `\n${" ".repeat(dashes.length + 2)}${key.shape === "array" ? "- " : ""}`}`,
            }));
        return options.length > 0 ? { from: context.pos - typed.length, options, validFor: /^[\w-]*$/ } : null;
    };
}

function explain(schema: () => JsonSchema | undefined): Extension {
    return hoverTooltip((view, position) => {
        const root = schema();
        if (!root) return null;
        const line = view.state.doc.lineAt(position);
        const pair = keyOf(line.text);
        const column = position - line.from;
        if (!pair || column < pair.from || column > pair.to) return null;
        const found = schemasAt(root, [...pathAt(allLines(view.state), line.number - 1, pair.from), pair.key]);
        const text = found.find((one) => one.description)?.description;
        if (!text) return null;
        return {
            pos: line.from + pair.from,
            end: line.from + pair.to,
            above: true,
            create: () => {
                const dom = document.createElement("div");
                dom.className = "cm-completionInfo";
                dom.style.position = "static";
                dom.textContent = text;
                return { dom };
            },
        };
    });
}

function diagnostics(state: EditorState, problems: readonly Problem[]): Diagnostic[] {
    return problems.flatMap((problem) => {
        if (problem.line === undefined) return [];
        const line = state.doc.line(Math.min(Math.max(1, problem.line), state.doc.lines));
        const start = Math.min(line.to, line.from + Math.max(0, (problem.column ?? 1) - 1));
        const from = problem.column ? start : line.from + (/\S/.exec(line.text)?.index ?? 0);
        return [{ from, to: Math.max(from, line.to), severity: problem.severity, message: `${problem.message}${problem.remedy ? ` ${problem.remedy}` : ""}` }];
    });
}

/** A dialog that grows while it opens makes the first measures wrong: they are taken again when it has opened. */
function remeasure(editor: EditorView): () => void {
    const timers = [120, 400].map((wait) => setTimeout(() => editor.requestMeasure(), wait));
    return () => timers.forEach(clearTimeout);
}

interface Props {
    text: string;
    onChange: (text: string) => void;
    onSave?: () => void;
    schema?: JsonSchema;
    problems?: readonly Problem[];
    height?: string;
    label: string;
    /** A line to show and stand on, counted from one. */
    goTo?: number;
}

/** YAML with what the schema knows: completion, an explanation under the pointer, problems at their line. */
export function YamlEditor({ text, onChange, onSave, schema, problems = [], height = "58vh", label, goTo }: Props) {
    const host = useRef<HTMLDivElement>(null);
    const view = useRef<EditorView>(undefined);
    const latest = useRef({ onChange, onSave, schema });
    latest.current = { onChange, onSave, schema };

    useEffect(() => {
        const known = () => latest.current.schema;
        const editor = new EditorView({
            parent: host.current!,
            state: EditorState.create({
                doc: text,
                extensions: [
                    lineNumbers(),
                    foldGutter(),
                    lintGutter(),
                    highlightActiveLine(),
                    highlightActiveLineGutter(),
                    history(),
                    drawSelection(),
                    bracketMatching(),
                    closeBrackets(),
                    highlightSelectionMatches(),
                    autocompletion({ override: [complete(known)], icons: false }),
                    explain(known),
                    keymap.of([
                        { key: "Mod-s", preventDefault: true, run: () => (latest.current.onSave?.(), true) },
                        { key: "Mod-Space", run: startCompletion },
                        ...closeBracketsKeymap,
                        ...defaultKeymap,
                        ...searchKeymap,
                        ...historyKeymap,
                        ...completionKeymap,
                        indentWithTab,
                    ]),
                    EditorView.updateListener.of((update) => update.docChanged && latest.current.onChange(update.state.doc.toString())),
                    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
                    EditorView.theme({ ".cm-scroller": { height, overflow: "auto" } }),
                    ...common,
                ],
            }),
        });
        view.current = editor;
        const again = remeasure(editor);
        return () => {
            again();
            editor.destroy();
        };
        // The editor keeps its own text from here on; changes from outside are put in below.
    }, [height, label]);

    useEffect(() => {
        const editor = view.current;
        if (editor && editor.state.doc.toString() !== text) editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
    }, [text]);

    useEffect(() => {
        const editor = view.current;
        if (editor) editor.dispatch(setDiagnostics(editor.state, diagnostics(editor.state, problems)));
    }, [problems]);

    const show = (at: number) => {
        const editor = view.current;
        if (!editor || at < 1 || at > editor.state.doc.lines) return;
        const line = editor.state.doc.line(at);
        editor.dispatch({ selection: { anchor: line.from + (/\S/.exec(line.text)?.index ?? 0) }, effects: EditorView.scrollIntoView(line.from, { y: "center" }) });
        editor.focus();
    };
    useEffect(() => {
        if (goTo !== undefined) show(goTo);
    }, [goTo]);

    return (
        <div className={classes.box}>
            <div ref={host} />
            {problems.length > 0 && (
                <div className={classes.problems} role="status" aria-label="Problems">
                    <ProblemList problems={[...problems]} onGo={(problem) => problem.line !== undefined && show(problem.line)} />
                </div>
            )}
        </div>
    );
}

/** The same colours, to read only. */
export function YamlView({ text, label, bare = true }: { text: string; label: string; bare?: boolean }) {
    const host = useRef<HTMLDivElement>(null);
    useEffect(() => {
        const editor = new EditorView({
            parent: host.current!,
            state: EditorState.create({ doc: text.replace(/\n$/, ""), extensions: [lineNumbers(), foldGutter(), EditorState.readOnly.of(true), EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }), EditorView.theme({ ".cm-scroller": { maxHeight: "60vh", overflow: "auto" } }), ...common] }),
        });
        const again = remeasure(editor);
        return () => {
            again();
            editor.destroy();
        };
    }, [text, label]);
    return <div ref={host} className={`${classes.box} ${bare ? classes.bare : ""}`} />;
}
