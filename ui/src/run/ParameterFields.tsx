import { ActionIcon, Button, Group, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { plain } from "../kit/format";
import { parseParameter } from "./parameters";
import classes from "./Run.module.css";

interface Props {
    /** The task's own values: their names stand, their types guide. */
    defaults: Record<string, unknown>;
    values: Record<string, unknown>;
    onChange: (values: Record<string, unknown>) => void;
}

export function ParameterFields({ defaults, values, onChange }: Props) {
    const [name, setName] = useState("");
    const [value, setValue] = useState("");
    const own = Object.keys(values).filter((key) => !(key in defaults));
    const add = () => {
        if (!name.trim()) return;
        onChange({ ...values, [name.trim()]: parseParameter(value) });
        setName("");
        setValue("");
    };
    return (
        <div className={classes.parameters}>
            {[...Object.keys(defaults), ...own].map((key) => (
                <Group key={key} gap="xs" align="end" wrap="nowrap">
                    <TextInput
                        style={{ flex: 1 }}
                        label={key}
                        defaultValue={plain(values[key])}
                        onChange={(event) => onChange({ ...values, [key]: parseParameter(event.currentTarget.value, defaults[key]) })}
                        description={key in defaults && JSON.stringify(values[key]) !== JSON.stringify(defaults[key]) ? `was ${plain(defaults[key])}` : undefined}
                    />
                    {!(key in defaults) && (
                        <ActionIcon
                            variant="subtle"
                            color="gray"
                            size={34}
                            aria-label={`Remove ${key}`}
                            onClick={() => {
                                const { [key]: _, ...rest } = values;
                                onChange(rest);
                            }}
                        >
                            <IconX size={15} />
                        </ActionIcon>
                    )}
                </Group>
            ))}
            <Group gap="xs" align="end" wrap="nowrap">
                <TextInput style={{ flex: 1 }} placeholder="name" aria-label="New parameter's name" value={name} onChange={(event) => setName(event.currentTarget.value)} />
                <TextInput style={{ flex: 1 }} placeholder="value" aria-label="New parameter's value" value={value} onChange={(event) => setValue(event.currentTarget.value)} onKeyDown={(event) => event.key === "Enter" && (event.preventDefault(), add())} />
                <Button variant="default" h={34} leftSection={<IconPlus size={14} />} onClick={add} disabled={!name.trim()}>
                    Add
                </Button>
            </Group>
        </div>
    );
}
