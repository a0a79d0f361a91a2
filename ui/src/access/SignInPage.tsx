import { Anchor, Button, Code, List, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { ApiError } from "../api/client";
import { Problem, Warning } from "../kit/Problem";
import { useSignIn } from "./hooks";
import classes from "./SignIn.module.css";

/** Only a place of this very site may be returned to. */
export function safeReturn(back: string | null): string {
    return back && /^\/(?![/\\])/.test(back) ? back : "/";
}

export function SignInPage() {
    const [params] = useSearchParams();
    const [token, setToken] = useState("");
    const [error, setError] = useState<unknown>();
    const [busy, setBusy] = useState(false);
    const signIn = useSignIn();
    const navigate = useNavigate();

    const submit = async () => {
        setBusy(true);
        setError(undefined);
        try {
            await signIn(token.trim());
            await navigate(safeReturn(params.get("back")), { replace: true });
        } catch (cause) {
            setError(cause);
        } finally {
            setBusy(false);
        }
    };
    const linkRefused = params.has("refused") && !error;
    const refused = error instanceof ApiError && error.status === 401;

    return (
        <main className={classes.page}>
            <div className={classes.box}>
                <div className={classes.brand}>
                    <img src="/icon.svg" width={28} height={28} alt="" /> Ropewalk
                </div>
                <Title order={1} mb={4}>
                    Sign in
                </Title>
                <Text c="dimmed" mb="md">
                    Paste the owner's token.
                </Text>
                {linkRefused && <Warning text="The link's token is not known here: it belongs to another server or data directory. Take the link that this server printed, or paste its token." />}
                <form
                    onSubmit={(event) => {
                        event.preventDefault();
                        void submit();
                    }}
                >
                    <Stack gap="sm">
                        <PasswordInput
                            label="Token"
                            value={token}
                            onChange={(event) => setToken(event.currentTarget.value)}
                            autoFocus
                            autoComplete="current-password"
                            error={refused ? "This token is not known. Copy it again, whole and without quotes." : undefined}
                        />
                        {!!error && !refused && <Problem error={error} />}
                        <Button type="submit" size="sm" loading={busy} disabled={!token.trim()}>
                            Sign in
                        </Button>
                    </Stack>
                </form>
                <Text fw={500} mt="lg" mb={4}>
                    Where is it?
                </Text>
                <List size="sm" spacing={4}>
                    <List.Item>
                        In the file <Code>owner-token</Code> of the data directory, by default <Code>~/.ropewalk/owner-token</Code>
                    </List.Item>
                    <List.Item>
                        In the sign-in link that <Code>ropewalk up</Code> printed: opening that link signs you in without pasting
                    </List.Item>
                </List>
                <Text size="xs" c="dimmed" mt="md">
                    Scripts send the token as <Code>Authorization: Bearer …</Code>. See the <Anchor href="/api/docs">API pages</Anchor> once signed in.
                </Text>
            </div>
        </main>
    );
}
