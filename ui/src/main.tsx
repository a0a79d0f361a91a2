import "@mantine/core/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import "./app/global.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { newQueryClient } from "./api/query";
import { App } from "./app/App";
import { theme, variables } from "./app/theme";

createRoot(document.getElementById("root")!).render(
    <StrictMode>
        <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
            <QueryClientProvider client={newQueryClient()}>
                <Notifications position="bottom-right" limit={4} />
                <App />
            </QueryClientProvider>
        </MantineProvider>
    </StrictMode>,
);
