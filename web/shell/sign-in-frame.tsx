import type { ComponentChildren } from 'preact';
import { Logo } from '../icons/logo.js';
import { SignInPicture } from './sign-in-picture.js';

/** What all pages before signing in look like. */
export function SignInFrame({ children }: { children: ComponentChildren }) {
  return (
    <main class="si">
      <div class="l">
        <div class="brand">
          <Logo /> Convene
        </div>
        {children}
      </div>
      <SignInPicture />
    </main>
  );
}
