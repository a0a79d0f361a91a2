import type { Project } from "../api/types";
import { Empty } from "../kit/Empty";
import { RunList } from "../run/RunList";

export default function RunsTab({ project }: { project: Project }) {
    return <RunList workspace={project.workspace} project={project.name} empty={<Empty text="No run here, or none that fits the filters. Start a task to make one." />} />;
}
