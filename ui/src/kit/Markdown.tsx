import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";
import classes from "./Markdown.module.css";

/** Markdown that people wrote. HTML in it stays text; links with any other scheme than http, https and mailto lead nowhere. */
export default function Markdown({ text }: { text: string }) {
    return (
        <div className={classes.text}>
            <ReactMarkdown remarkPlugins={[remarkGfm]} components={{ a: ({ node: _, ...rest }) => <a {...rest} rel="noreferrer noopener" target={rest.href?.startsWith("http") ? "_blank" : undefined} /> }}>
                {text}
            </ReactMarkdown>
        </div>
    );
}
