import { type ComponentType, lazy } from "react";
import { createBrowserRouter, Navigate, RouterProvider, useParams } from "react-router";
import { SignInPage } from "../access/SignInPage";
import { Broken, Frame, Missing } from "./Frame";

// A page is fetched when it is first opened: the first load carries the frame alone.
function page(load: () => Promise<{ default: ComponentType }>) {
    const Page = lazy(load);
    return <Page />;
}

function ToDefaultWorkspace() {
    const rest = useParams()["*"] ?? "";
    return <Navigate to={`/w/default/projects/${rest}`} replace />;
}

const router = createBrowserRouter([
    { path: "/signed-out", element: <SignInPage /> },
    {
        path: "/",
        element: <Frame />,
        errorElement: <Broken />,
        children: [
            {
                errorElement: <Broken />,
                children: [
                    { index: true, element: page(() => import("../home/HomePage")) },
                    { path: "projects", element: page(() => import("../project/ProjectsPage")) },
                    { path: "projects/*", element: <ToDefaultWorkspace /> },
                    { path: "w/:workspace/projects/:project/runs/:number", element: page(() => import("../run/RunByNumber")) },
                    { path: "w/:workspace/projects/:project/:tab?/:item?", element: page(() => import("../project/ProjectPage")) },
                    { path: "runs", element: page(() => import("../run/RunsPage")) },
                    { path: "runs/:run/:tab?", element: page(() => import("../run/RunPage")) },
                    { path: "search", element: page(() => import("../search/SearchPage")) },
                    { path: "notices", element: page(() => import("../notice/NoticesPage")) },
                    { path: "server", element: page(() => import("../server/ServerPage")) },
                    { path: "docs/api", element: page(() => import("../docs/ApiDocsPage")) },
                    { path: "*", element: <Missing /> },
                ],
            },
        ],
    },
]);

export function App() {
    return <RouterProvider router={router} />;
}
