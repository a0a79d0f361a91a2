import { useSearchParams } from "react-router";
import { useMe } from "../access/hooks";
import { PageTitle } from "../app/PageTitle";
import { Empty } from "../kit/Empty";
import { RunList } from "./RunList";

export default function RunsPage() {
    const me = useMe();
    const workspace = me.data?.workspaces[0]?.name ?? "default";
    const [params] = useSearchParams();
    const filtered = !!(params.get("state") || params.get("search"));
    return (
        <>
            <PageTitle title="Runs" />
            <RunList workspace={workspace} empty={<Empty text={filtered ? "No run fits these filters." : "No run yet. The demo makes a project with a run to look at."} command={filtered ? undefined : "./ropewalk demo"} />} />
        </>
    );
}
