import { ActionIcon, Button, Code, Drawer, Menu, Modal, Table, Text, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useDisclosure, useHotkeys, useLocalStorage } from "@mantine/hooks";
import { IconApi, IconFileSearch, IconFolders, IconHome, IconKeyboard, IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconLogout, IconMenu2, IconMoon, IconPlayerPlay, IconSearch, IconServer, IconSun, IconUserCircle } from "@tabler/icons-react";
import { type ComponentType, lazy, type ReactNode, Suspense, useEffect } from "react";
import { isRouteErrorResponse, Link, NavLink, Outlet, useLocation, useNavigate, useRouteError } from "react-router";
import { useMe, useSignOut } from "../access/hooks";
import { ApiError, onSignedOut } from "../api/client";
import { Waiting } from "../kit/Loaded";
import { Problem } from "../kit/Problem";
import { Bell } from "../notice/Bell";
import { useServer } from "../server/hooks";
import { Away } from "./Away";
import classes from "./Frame.module.css";

const Palette = lazy(() => import("./Palette"));

interface Entry {
    to: string;
    word: string;
    icon: ComponentType<{ size?: number; stroke?: number }>;
    also?: string;
}

const WORK: Entry[] = [
    { to: "/", word: "Home", icon: IconHome },
    { to: "/projects", word: "Projects", icon: IconFolders, also: "/w/" },
    { to: "/runs", word: "Runs", icon: IconPlayerPlay },
    { to: "/search", word: "Search", icon: IconFileSearch },
];
const SYSTEM: Entry[] = [
    { to: "/server", word: "Server", icon: IconServer },
    { to: "/docs/api", word: "API", icon: IconApi },
];

function Entries({ of, running, onGo }: { of: Entry[]; running?: number; onGo?: () => void }) {
    const { pathname } = useLocation();
    return of.map(({ to, word, icon: Icon, also }) => (
        <NavLink key={to} to={to} end={to === "/"} title={word} onClick={onGo} className={({ isActive }) => `${classes.entry} ${isActive || (also && pathname.startsWith(also)) ? classes.active : ""}`}>
            <Icon size={17} stroke={1.7} />
            <span>{word}</span>
            {to === "/runs" && !!running && (
                <span className={classes.badge} title={`${running} active`}>
                    {running}
                </span>
            )}
        </NavLink>
    ));
}

export function Frame() {
    const me = useMe();
    const navigate = useNavigate();
    const location = useLocation();
    const [narrow, setNarrow] = useLocalStorage({ key: "ropewalk-narrow", defaultValue: false, getInitialValueInEffect: false });
    const [drawer, drawerIs] = useDisclosure(false);
    const [palette, paletteIs] = useDisclosure(false);
    const [keys, keysAre] = useDisclosure(false);
    const { setColorScheme } = useMantineColorScheme();
    const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
    const flip = () => setColorScheme(scheme === "dark" ? "light" : "dark");
    const here = location.pathname + location.search;

    useEffect(() => onSignedOut(() => void navigate(`/signed-out?back=${encodeURIComponent(here)}`, { replace: true })), [navigate, here]);
    useHotkeys([
        ["mod+K", paletteIs.toggle],
        ["alt+M", flip],
        ["shift+?", keysAre.toggle],
        ["/", () => document.querySelector<HTMLInputElement>("[data-table-filter]")?.focus()],
    ]);

    const signedOut = me.error instanceof ApiError && me.error.status === 401;
    const server = useServer(me.isSuccess);
    const active = (server.data?.running ?? 0) + (server.data?.queued ?? 0);
    if (signedOut) return null;

    return (
        <>
            <a href="#content" className="skip">
                Skip to the content
            </a>
            <div className={`${classes.frame} ${narrow ? classes.narrow : ""}`}>
                <aside className={classes.side}>
                    <div className={classes.sticky}>
                    <Link to="/" className={classes.brand}>
                        <img src="/icon.svg" width={26} height={26} alt="" />
                        <span>Ropewalk</span>
                    </Link>
                    <nav className={classes.nav} aria-label="Main">
                        <Entries of={WORK} running={active} />
                        <div className={classes.section}>System</div>
                        <Entries of={SYSTEM} />
                    </nav>
                    <div className={classes.foot}>
                        <Tooltip label={narrow ? "Show the words" : "Icons only"} position="right">
                            <ActionIcon variant="subtle" color="gray" onClick={() => setNarrow(!narrow)} aria-label={narrow ? "Show the words" : "Icons only"}>
                                {narrow ? <IconLayoutSidebarLeftExpand size={17} /> : <IconLayoutSidebarLeftCollapse size={17} />}
                            </ActionIcon>
                        </Tooltip>
                    </div>
                    </div>
                </aside>
                <header className={classes.top}>
                    <span className={classes.onPhone}>
                        <ActionIcon variant="subtle" color="gray" onClick={drawerIs.open} aria-label="Menu">
                            <IconMenu2 size={18} />
                        </ActionIcon>
                    </span>
                    <button type="button" className={classes.search} onClick={paletteIs.open} aria-label="Go, find, do">
                        <IconSearch size={14} />
                        <span className={classes.onDesk}>Go, find, do</span>
                        <kbd className={classes.onDesk}>{/Mac/.test(navigator.platform) ? "⌘ K" : "Ctrl K"}</kbd>
                    </button>
                    <span className={classes.spring} />
                    {server.data && (
                        <Link to="/runs?state=active" className={`${classes.live} ${active ? "" : classes.idle}`} title={`${server.data.running} running, ${server.data.queued} queued`}>
                            {active ? `${server.data.running} running${server.data.queued ? `, ${server.data.queued} queued` : ""}` : <span className={classes.onDesk}>Nothing runs</span>}
                        </Link>
                    )}
                    {me.isSuccess && <Bell />}
                    <Tooltip label="Keyboard (?)">
                        <ActionIcon className={classes.onDesk} variant="subtle" color="gray" onClick={keysAre.open} aria-label="Keyboard">
                            <IconKeyboard size={17} />
                        </ActionIcon>
                    </Tooltip>
                    <Tooltip label={`${scheme === "dark" ? "Light" : "Dark"} (Alt-M)`}>
                        <ActionIcon variant="subtle" color="gray" onClick={flip} aria-label={scheme === "dark" ? "Light theme" : "Dark theme"}>
                            {scheme === "dark" ? <IconSun size={17} /> : <IconMoon size={17} />}
                        </ActionIcon>
                    </Tooltip>
                    <Person />
                </header>
                <main className={classes.main} id="content">
                    <Away />
                    {me.isError ? <Problem error={me.error} onRetry={() => void me.refetch()} /> : <Suspense fallback={<Waiting rows={6} />}>{me.isSuccess ? <Outlet /> : <Waiting rows={6} />}</Suspense>}
                </main>
            </div>
            <Drawer opened={drawer} onClose={drawerIs.close} size={260} title="Ropewalk">
                <nav aria-label="Main">
                    <Entries of={[...WORK, ...SYSTEM]} running={active} onGo={drawerIs.close} />
                </nav>
            </Drawer>
            {palette && (
                <Suspense fallback={null}>
                    <Palette onClose={paletteIs.close} onTheme={flip} onKeys={keysAre.open} />
                </Suspense>
            )}
            <Modal opened={keys} onClose={keysAre.close} title="Keyboard">
                <Keys />
            </Modal>
        </>
    );
}

function Person() {
    const me = useMe();
    const signOut = useSignOut();
    const navigate = useNavigate();
    return (
        <Menu>
            <Menu.Target>
                <ActionIcon variant="subtle" color="gray" aria-label="Person">
                    <IconUserCircle size={18} />
                </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
                <Menu.Label>
                    {me.data?.name} ({me.data?.kind})
                </Menu.Label>
                <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => void signOut().then(() => navigate("/signed-out"))}>
                    Sign out
                </Menu.Item>
            </Menu.Dropdown>
        </Menu>
    );
}

const KEYS: [string, string][] = [
    ["Ctrl K", "Go, find, do"],
    ["Alt M", "Light or dark"],
    ["?", "This list"],
    ["/", "Filter the table"],
    ["J  K", "Next, previous row"],
    ["Enter", "Open the row"],
    ["Esc", "Close what is open"],
];

function Keys() {
    return (
        <Table withRowBorders={false} verticalSpacing={4}>
            <Table.Tbody>
                {KEYS.map(([key, what]) => (
                    <Table.Tr key={key}>
                        <Table.Td w={90}>
                            <Code>{key}</Code>
                        </Table.Td>
                        <Table.Td>{what}</Table.Td>
                    </Table.Tr>
                ))}
            </Table.Tbody>
        </Table>
    );
}

export function Missing({ what = "This page" }: { what?: ReactNode }) {
    return (
        <div>
            <Text fw={600} size="lg" component="h1">
                Not found
            </Text>
            <Text c="dimmed" mb="md">
                {what} does not exist, or you may not see it. Check the address, or start from home.
            </Text>
            <Button component={Link} to="/" variant="default">
                Go home
            </Button>
        </div>
    );
}

/** A fault of the page itself: said plainly, with a way out. A new release explains most of them. */
export function Broken() {
    const error = useRouteError();
    if (isRouteErrorResponse(error) && error.status === 404) return <Missing />;
    return (
        <div>
            <Text fw={600} size="lg" component="h1" mb="xs">
                This page broke
            </Text>
            <Problem error={error} />
            <Button mt="md" variant="default" onClick={() => location.reload()}>
                Load it again
            </Button>
        </div>
    );
}
