import { Accordion, Autocomplete, Button, Group, Modal, NumberInput, SimpleGrid, Stack, Textarea, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { stringify } from "yaml";
import type { DocumentView, Project, Task } from "../api/types";
import { CommandHint } from "../kit/Empty";
import { count } from "../kit/format";
import { Problem } from "../kit/Problem";
import { itemPath, valueAt } from "../kit/yamlText";
import { startCommand } from "../run/command";
import { useStart } from "../run/hooks";
import { runLink } from "../run/links";
import { ParameterFields } from "../run/ParameterFields";
import { changedParameters } from "../run/parameters";
import { changedTask, parseEnv } from "./startTask";

interface Props {
    project: Project;
    experiment: string;
    view: DocumentView;
    task: Task;
    onClose: () => void;
}

/** Everything one may want to say about one run, with what the task says already filled in. */
export default function StartDialog({ project, experiment, view, task, onClose }: Props) {
    const start = useStart(project.workspace, project.name);
    const navigate = useNavigate();
    const defaults = task.parameters;
    const [parameters, setParameters] = useState<Record<string, unknown>>(defaults);
    const [replicas, setReplicas] = useState<Record<string, number>>(Object.fromEntries(task.roles.map((role) => [role.name, role.replicas])));
    const [env, setEnv] = useState("");
    const [pins, setPins] = useState<Record<string, string>>({});
    const [comment, setComment] = useState("");
    const [target, setTarget] = useState(experiment);

    const changed = changedParameters(defaults, parameters);
    const resized = task.roles.filter((role) => replicas[role.name] !== role.replicas);
    const variables = useMemo(() => parseEnv(env), [env]);
    const custom = resized.length > 0 || Object.keys(variables.env).length > 0;
    const written = useMemo(() => {
        const path = itemPath(view.text, "tasks", task.name);
        return path ? valueAt(view.text, path) : undefined;
    }, [view.text, task.name]);
    const chosenPins = Object.fromEntries(Object.entries(pins).filter(([, revision]) => revision.trim()));

    const submit = () =>
        start.mutate(
            {
                ...(custom ? { definition: stringify(changedTask(written ?? task, replicas, variables.env)) } : { task: task.name }),
                experiment: target,
                parameters: Object.keys(changed).length > 0 ? changed : undefined,
                pins: Object.keys(chosenPins).length > 0 ? chosenPins : undefined,
                comment: comment.trim() || undefined,
            },
            { onSuccess: (run) => void navigate(runLink(run)) },
        );
    const command = startCommand("run", `${project.name}/${task.name}`, { parameters: changed, experiment: target.trim(), comment: comment.trim() });
    return (
        <Modal opened onClose={onClose} title={`Start ${task.name}`} size="lg">
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    submit();
                }}
            >
                <Stack gap="sm">
                    <ParameterFields defaults={defaults} values={parameters} onChange={setParameters} />
                    <Accordion variant="separated" chevronPosition="left" multiple>
                        <Accordion.Item value="processes">
                            <Accordion.Control>Replicas and variables{custom ? " (changed)" : ""}</Accordion.Control>
                            <Accordion.Panel>
                                <Stack gap="xs">
                                    <Group gap="sm">
                                        {task.roles.map((role) => (
                                            <NumberInput key={role.name} label={`Replicas of ${role.name}`} w={170} min={0} max={10_000} allowDecimal={false} value={replicas[role.name]} onChange={(value) => setReplicas({ ...replicas, [role.name]: typeof value === "number" ? value : role.replicas })} />
                                        ))}
                                    </Group>
                                    <Textarea label="Environment variables" description="NAME=value, one in a line; added to those of the task, for every role" autosize minRows={2} maxRows={8} value={env} onChange={(event) => setEnv(event.currentTarget.value)} error={variables.wrong} styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }} />
                                </Stack>
                            </Accordion.Panel>
                        </Accordion.Item>
                        {view.normal.sources.length > 0 && (
                            <Accordion.Item value="sources">
                                <Accordion.Control>Sources{Object.keys(chosenPins).length > 0 ? ` (${count(Object.keys(chosenPins).length, "pinned one", "pinned ones")})` : ""}</Accordion.Control>
                                <Accordion.Panel>
                                    <Stack gap="xs">
                                        {view.normal.sources.map((source) => (
                                            <TextInput key={source.name} label={source.name} description={`${source.kind}; leave empty for what is latest now`} placeholder={task.pins[source.name] ?? "latest"} value={pins[source.name] ?? ""} onChange={(event) => setPins({ ...pins, [source.name]: event.currentTarget.value })} />
                                        ))}
                                    </Stack>
                                </Accordion.Panel>
                            </Accordion.Item>
                        )}
                    </Accordion>
                    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
                        <Autocomplete size="sm" label="Experiment" data={project.experiments.map((one) => one.name)} value={target} onChange={setTarget} description="A new name begins a new line of work" />
                        <TextInput label="Comment" description="What this run is to find out" value={comment} onChange={(event) => setComment(event.currentTarget.value)} />
                    </SimpleGrid>
                    {start.isError && <Problem error={start.error} />}
                    <Group justify="space-between">
                        {custom || Object.keys(chosenPins).length > 0 ? <span /> : <CommandHint command={command} />}
                        <Group gap="xs" ml="auto">
                            <Button variant="default" onClick={onClose}>
                                Cancel
                            </Button>
                            <Button type="submit" loading={start.isPending} disabled={!!variables.wrong || !target.trim()} data-autofocus>
                                Start
                            </Button>
                        </Group>
                    </Group>
                </Stack>
            </form>
        </Modal>
    );
}
