import { Anchor } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { projectLink, runLink } from "../run/links";
import type { Prepared } from "./prepare";

/** Tells of each `init` task of a new project; what could not start stays until it was read. */
export function tellPrepared(workspace: string, project: string, prepared: readonly Prepared[], go: (to: string) => void): void {
    for (const one of prepared) {
        const id = `prepare ${workspace}/${project}/${one.task ?? ""}`;
        // Notices stand outside of the pages' router.
        const link = (to: string, word: string) => (
            <Anchor
                href={to}
                inherit
                onClick={(event) => {
                    event.preventDefault();
                    notifications.hide(id);
                    go(to);
                }}
            >
                {word}
            </Anchor>
        );
        if ("run" in one) {
            notifications.show({ id, autoClose: 15_000, message: <>Run {link(runLink(one.run), one.run.name)} prepares the project.</> });
        } else {
            notifications.show({
                id,
                color: "red",
                autoClose: false,
                title: `Project ${project} was created, but is not prepared`,
                message: (
                    <>
                        {one.task ? `Its init task ${one.task} was not started: ` : "Its init tasks were not started: "}
                        {one.error.message} Start it when that is mended: {link(projectLink(workspace, project, "tasks"), "open the tasks")}.
                    </>
                ),
            });
        }
    }
}
