import { sessionEnded, user } from '../state/session.js';
import { lazy } from '../ui/lazy.js';
import { SignIn } from './sign-in.js';

const App = lazy(() => import('./app.js').then((module) => module.App));

/** Who is not signed in sees the form; a session that ends while somebody works puts the form over the page. */
export function Root() {
  if (user.value === undefined) return null;
  if (user.value === null) return <SignIn />;
  return (
    <>
      <App />
      {sessionEnded.value && (
        <div class="again">
          <SignIn again />
        </div>
      )}
    </>
  );
}
